import Autodiff
import TensorCore

/// What a `Merge` layer does with its inputs.
public protocol MergeOperation: Sendable {
  /// Keras' class name.
  static var typeName: String { get }
  /// How many inputs it takes at most.
  static var maximumInputs: Int { get }
  /// One value of several whose shapes broadcast.
  static func merged(_ values: [Tensor]) -> Tensor
}

extension MergeOperation {
  public static var maximumInputs: Int { .max }
}

/// Several inputs value by value. Axes are equal or 1; inputs of lower rank get axes of length 1 after the batch.
public struct Merge<Operation: MergeOperation>: MergeLayer {
  public static var typeName: String { Operation.typeName }

  public init() {}

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    guard !inputs.isEmpty, inputs.count <= Operation.maximumInputs, inputs.allSatisfy({ $0.rank > 0 }) else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName,
        expected: Operation.maximumInputs == 2 ? "two inputs" : "at least one input with a batch axis",
        received: "\(inputs)", remedy: "Call the layer on all values that are to be merged.")
    }
    let rank = inputs.reduce(0) { max($0, $1.rank) }
    var output = [Int?](repeating: 1, count: rank)
    for input in inputs {
      try requireNonEmpty(input)
      let aligned: [Int?] = Self.aligned(input.dimensions, rank: rank, one: 1)
      for axis in 0..<rank {
        // The batch is no axis to broadcast: an open one and a given one may meet at run time.
        switch (output[axis], aligned[axis]) {
        case (1?, let other): output[axis] = other
        case (_, 1?): break
        case (let known?, let other?):
          guard known == other else { throw misfit(inputs, axis) }
        case (nil, let known?): output[axis] = known
        case (_, nil): break
        }
      }
    }
    return [SymbolicShape(output)]
  }

  private func misfit(_ inputs: [SymbolicShape], _ axis: Int) -> ShapeError {
    ShapeError(
      .wrongLength, in: Self.typeName, expected: "inputs whose axes are equal or 1",
      received: inputs.map(\.description).joined(separator: ", "),
      remedy: "Bring the inputs to one shape first; axis \(axis) differs.")
  }

  private static func aligned<Length>(_ dimensions: [Length], rank: Int, one: Length) -> [Length] {
    [dimensions[0]] + [Length](repeating: one, count: rank - dimensions.count) + dimensions.dropFirst()
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    let rank = inputs.reduce(0) { max($0, $1.rank) }
    return [
      Operation.merged(
        inputs.map { input in
          input.rank == rank
            ? input : input.reshaped(to: Shape(Self.aligned(input.shape.dimensions, rank: rank, one: 1)))
        })
    ]
  }
}

extension Merge: Codable {
  public init(from decoder: any Decoder) throws { self.init() }

  private enum NoKeys: CodingKey {}

  public func encode(to encoder: any Encoder) throws {
    _ = encoder.container(keyedBy: NoKeys.self)
  }
}

/// The sum of all inputs.
public typealias Add = Merge<AddOperation>
/// The first input minus the second.
public typealias Subtract = Merge<SubtractOperation>
/// The product of all inputs, value by value.
public typealias Multiply = Merge<MultiplyOperation>
/// The mean of all inputs, value by value.
public typealias Average = Merge<AverageOperation>
/// The largest of all inputs, value by value.
public typealias Maximum = Merge<MaximumOperation>
/// The smallest of all inputs, value by value.
public typealias Minimum = Merge<MinimumOperation>

public enum AddOperation: MergeOperation {
  public static let typeName = "Add"
  public static func merged(_ values: [Tensor]) -> Tensor { values.dropFirst().reduce(values[0], +) }
}

public enum SubtractOperation: MergeOperation {
  public static let typeName = "Subtract"
  public static let maximumInputs = 2
  public static func merged(_ values: [Tensor]) -> Tensor { values.dropFirst().reduce(values[0], -) }
}

public enum MultiplyOperation: MergeOperation {
  public static let typeName = "Multiply"
  public static func merged(_ values: [Tensor]) -> Tensor { values.dropFirst().reduce(values[0], *) }
}

public enum AverageOperation: MergeOperation {
  public static let typeName = "Average"
  public static func merged(_ values: [Tensor]) -> Tensor {
    AddOperation.merged(values) / Float(values.count)
  }
}

public enum MaximumOperation: MergeOperation {
  public static let typeName = "Maximum"
  public static func merged(_ values: [Tensor]) -> Tensor {
    values.dropFirst().reduce(values[0], Tensor.maximum)
  }
}

public enum MinimumOperation: MergeOperation {
  public static let typeName = "Minimum"
  public static func merged(_ values: [Tensor]) -> Tensor {
    values.dropFirst().reduce(values[0], Tensor.minimum)
  }
}
