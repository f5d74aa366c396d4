import Autodiff
import TensorCore

/// The mean of each channel over the whole map: `[batch, height, width, channels]` becomes `[batch, channels]`.
public struct GlobalAveragePooling2D: UnaryLayer {
  public static let typeName = "GlobalAveragePooling2D"

  /// Whether height and width stay as axes of length 1.
  public var keepDimensions: Bool

  public init(keepDimensions: Bool = false) { self.keepDimensions = keepDimensions }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape { try globalShape(for: input) }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.mean(alongAxes: [1, 2], keepingDimensions: keepDimensions)
  }
}

/// The maximum of each channel over the whole map: `[batch, height, width, channels]` becomes
/// `[batch, channels]`.
public struct GlobalMaxPooling2D: UnaryLayer {
  public static let typeName = "GlobalMaxPooling2D"

  /// Whether height and width stay as axes of length 1.
  public var keepDimensions: Bool

  public init(keepDimensions: Bool = false) { self.keepDimensions = keepDimensions }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape { try globalShape(for: input) }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.maximum(alongAxes: [1, 2], keepingDimensions: keepDimensions)
  }
}

/// What both kinds of global pooling share.
protocol GlobalPooling: UnaryLayer {
  var keepDimensions: Bool { get }
  init(keepDimensions: Bool)
}

extension GlobalAveragePooling2D: GlobalPooling {}
extension GlobalMaxPooling2D: GlobalPooling {}

enum GlobalPoolingKeys: String, CodingKey {
  case keepDimensions = "keepdims"
  case dataFormat = "data_format"
}

extension GlobalPooling {
  func globalShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(4, input, axes: "[batch, height, width, channels]")
    return keepDimensions ? [input[0], 1, 1, input[-1]] : [input[0], input[-1]]
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: GlobalPoolingKeys.self)
    try options.requireChannelsLast(.dataFormat)
    self.init(keepDimensions: try options.value(.keepDimensions, default: false))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: GlobalPoolingKeys.self)
    try options.encode(keepDimensions, forKey: .keepDimensions)
  }
}
