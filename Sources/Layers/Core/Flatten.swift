import Autodiff
import TensorCore

/// All axes but the batch in one: `[batch, …]` becomes `[batch, values]`. Here a map becomes a vector.
public struct Flatten: UnaryLayer {
  public static let typeName = "Flatten"

  /// Where the channels of the input are. They vary fastest in the output either way, as in Keras.
  public var dataFormat: DataFormat

  public init(dataFormat: DataFormat = .channelsLast) { self.dataFormat = dataFormat }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    guard input.rank >= 1 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input with a batch axis", received: "a scalar",
        remedy: "Add a batch axis.")
    }
    try requireNonEmpty(input)
    return [input[0], input.sample?.count]
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let isLast = dataFormat == .channelsLast || input.rank < 3
    let values = isLast ? input : input.transposed([0] + Array(2..<input.rank) + [1])
    return values.reshaped(to: [input.shape[0], input.count / input.shape[0]])
  }
}

extension Flatten {
  enum CodingKeys: String, CodingKey { case dataFormat = "data_format" }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }
}
