import TensorCore

/// Layers one after the other, as a `ModelGraph`.
///
/// ```swift
/// let model = try Sequential(input: [nil, 10, 64, 64, 1], seed: 1) {
///   ConvLSTM2D(filters: 32, kernelSize: 3)
///   GlobalAveragePooling2D()
///   Dense(units: 4, activation: .softmax)
/// }
/// ```
/// - Throws: `ShapeError` naming the first layer that does not fit the one before it.
public func Sequential(
  input: SymbolicShape, name: String = "sequential", seed: UInt64 = 0,
  @LayerListBuilder _ layers: () -> [any Layer]
) throws -> ModelGraph {
  let builder = GraphBuilder(name: name, seed: seed)
  var value = try builder.input(input)
  for layer in layers() { value = try builder.add(layer)(value) }
  return try builder.model(outputs: [value])
}

/// Collects the layers of a `Sequential`, with conditions and loops.
@resultBuilder
public enum LayerListBuilder {
  public static func buildExpression(_ layer: some Layer) -> [any Layer] { [layer] }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
