import Autodiff
import TensorCore

/// A layer applied to every step of a sequence alike: `[batch, time, …]` in and out.
///
/// Batch and time are folded into one axis for a single call of the inner layer. Only a BatchNormalization that
/// trains is called step by step, as Keras does: each step has statistics of its own, and the moving averages
/// change once a step.
public struct TimeDistributed: UnaryLayer {
  public static let typeName = "TimeDistributed"

  /// The layer, which has one input and one output.
  public var layer: any Layer

  public init(_ layer: some UnaryLayer) { self.layer = layer }

  /// A recurrent layer over the sequences that stand at every step: `[batch, time, inner time, …]`.
  public init(_ layer: some RecurrentLayer) { self.layer = layer }

  private func folded(_ input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 3 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 3 or more, [batch, time, …]",
        received: "\(input)", remedy: "Add a time axis after the batch.")
    }
    try requireNonEmpty(input)
    return SymbolicShape([nil] + input.dimensions.dropFirst(2))
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    let output = try layer.outputShapes(for: [folded(input)])[0]
    return SymbolicShape(Array(input.dimensions.prefix(2)) + output.dimensions.dropFirst())
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    try layer.parameterSpecifications(for: [folded(input)])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try layer.visitParameters(visit)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    // The mask is one of this layer's steps, not of what is inside them.
    let mask = context.mask
    context.mask = nil
    defer { context.mask = mask }
    if context.isTraining, !context.isFrozen, let layer = layer as? BatchNormalization {
      return try stepByStep(layer, input, &context)
    }
    let (batch, time) = (input.shape[0], input.shape[1])
    let frames = input.reshaped(to: Shape([batch * time] + input.shape.dimensions.dropFirst(2)))
    let output = try layer.call([frames], context: &context)[0]
    return output.reshaped(to: Shape([batch, time] + output.shape.dimensions.dropFirst()))
  }

  private func stepByStep(
    _ layer: BatchNormalization, _ input: Tensor, _ context: inout Context
  ) throws -> Tensor {
    var layer = layer
    var outputs: [Tensor] = []
    var updates: [String: Tensor] = [:]
    for time in 0..<input.shape[1] {
      var step = Context(isTraining: true, random: context.random)
      outputs.append(try layer.call([input.entry(time, axis: 1)], context: &step)[0])
      layer.apply(step)
      updates = step.updates
    }
    for (name, value) in updates { context.update(name, to: value) }
    return Tensor.stacked(outputs, axis: 1)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let time = input[1], let each = try layer.operations(for: [folded(input)]) else { return nil }
    return time * each
  }
}

extension TimeDistributed {
  enum CodingKeys: String, CodingKey { case layer }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    let record = try options.decode(LayerRecord.self, forKey: .layer)
    guard record.layer is any UnaryLayer || record.layer is any RecurrentLayer else {
      throw DecodingError.dataCorruptedError(
        forKey: .layer, in: options,
        debugDescription:
          "expected a layer with one input and one output inside TimeDistributed, received "
          + type(of: record.layer).typeName)
    }
    layer = record.layer
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(LayerRecord(layer), forKey: .layer)
  }
}
