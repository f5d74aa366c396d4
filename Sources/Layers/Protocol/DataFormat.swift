import Autodiff
import TensorCore

/// Where the channels of maps stand. Squall computes channels last; channels first is transposed on the way in
/// and out.
public enum DataFormat: String, CaseIterable, Codable, Sendable {
  /// `[batch, space…, channels]`.
  case channelsLast = "channels_last"
  /// `[batch, channels, space…]`.
  case channelsFirst = "channels_first"

  /// A shape in this format, channels last.
  func channelsLast(_ shape: SymbolicShape) -> SymbolicShape {
    guard self == .channelsFirst, shape.rank > 2 else { return shape }
    return SymbolicShape([shape[0]] + shape.dimensions.dropFirst(2) + [shape[1]])
  }

  /// A shape with channels last, in this format.
  func restored(_ shape: SymbolicShape) -> SymbolicShape {
    guard self == .channelsFirst, shape.rank > 2 else { return shape }
    return SymbolicShape([shape[0], shape[-1]] + shape.dimensions.dropFirst().dropLast())
  }

  /// The axes of maps in this format, for errors.
  func axes(_ space: any SpatialRank.Type) -> String {
    self == .channelsLast ? "[batch, \(space.axes), channels]" : "[batch, channels, \(space.axes)]"
  }
}

/// A layer over maps with one to three space axes, in either data format.
///
/// It says what it does to maps with channels last; `outputShape` and `forward` follow from that.
public protocol SpatialLayer: UnaryLayer {
  associatedtype Space: SpatialRank
  /// Where input and output have their channels.
  var dataFormat: DataFormat { get set }
  /// The shape of the output, with channels last in input and output.
  func mapShape(for maps: SymbolicShape) throws -> SymbolicShape
  /// The output, with channels last in input and output.
  func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor
}

extension SpatialLayer {
  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireRank(Space.rank + 2, input, axes: dataFormat.axes(Space.self))
    return dataFormat.restored(try mapShape(for: dataFormat.channelsLast(input)))
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    guard dataFormat == .channelsFirst else { return try forwardMaps(input, context: &context) }
    let maps = input.transposed([0] + Array(2..<input.rank) + [1])
    let output = try forwardMaps(maps, context: &context)
    return output.rank == 2 ? output : output.transposed([0, output.rank - 1] + Array(1..<output.rank - 1))
  }
}
