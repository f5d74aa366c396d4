import Autodiff
import TensorCore

/// Maps without their border: `[batch, space…, channels]` becomes `[batch, space − before − after…, channels]`.
public struct Cropping<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "Cropping\(Space.rank)D" }

  /// How many elements are taken off before and after each space axis.
  public var cropping: Borders
  public var dataFormat: DataFormat

  /// Keras takes off 1 at each end in 1D and 3D by default, and nothing in 2D.
  public init(cropping: Borders? = nil, dataFormat: DataFormat = .channelsLast) {
    self.cropping = cropping ?? Borders(Space.rank == 2 ? 0 : 1)
    self.dataFormat = dataFormat
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    var output = maps
    for (axis, amounts) in try requireBorders(cropping, rank: Space.rank).enumerated() {
      guard let length = maps[axis + 1] else { continue }
      guard length > amounts[0] + amounts[1] else {
        throw ShapeError(
          .emptyDimension, in: Self.typeName,
          expected: "more than \(amounts[0] + amounts[1]) elements along space axis \(axis)",
          received: "\(length) in \(maps)", remedy: "Take off less, or feed larger maps.")
      }
      output[axis + 1] = length - amounts[0] - amounts[1]
    }
    return output
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    let amounts = try requireBorders(cropping, rank: Space.rank)
    return maps.cropped(before: [0] + amounts.map { $0[0] } + [0], after: [0] + amounts.map { $0[1] } + [0])
  }
}

/// Sequences `[batch, length, channels]` without their ends.
public typealias Cropping1D = Cropping<Space1D>
/// Maps `[batch, height, width, channels]` without their border.
public typealias Cropping2D = Cropping<Space2D>
/// Volumes `[batch, depth, height, width, channels]` without their border.
public typealias Cropping3D = Cropping<Space3D>

enum CroppingKeys: String, CodingKey {
  case cropping
  case dataFormat = "data_format"
}

extension Cropping {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CroppingKeys.self)
    self.init(
      cropping: try options.decodeIfPresent(Borders.self, forKey: .cropping),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CroppingKeys.self)
    try options.encode(cropping.encoded(rank: Space.rank), forKey: .cropping)
    // Keras' Cropping1D knows channels last only and has no such option.
    if Space.rank > 1 { try options.encode(dataFormat, forKey: .dataFormat) }
  }
}
