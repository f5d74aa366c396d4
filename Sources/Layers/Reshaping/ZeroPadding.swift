import Autodiff
import TensorCore

/// Zeros around maps: `[batch, space…, channels]` becomes `[batch, before + space + after…, channels]`.
public struct ZeroPadding<Space: SpatialRank>: SpatialLayer {
  public static var typeName: String { "ZeroPadding\(Space.rank)D" }

  /// How many zeros come before and after each space axis.
  public var padding: Borders
  public var dataFormat: DataFormat

  public init(padding: Borders = 1, dataFormat: DataFormat = .channelsLast) {
    self.padding = padding
    self.dataFormat = dataFormat
  }

  public func mapShape(for maps: SymbolicShape) throws -> SymbolicShape {
    var output = maps
    for (axis, amounts) in try requireBorders(padding, rank: Space.rank).enumerated() {
      output[axis + 1] = maps[axis + 1].map { $0 + amounts[0] + amounts[1] }
    }
    return output
  }

  public func forwardMaps(_ maps: Tensor, context: inout Context) throws -> Tensor {
    let amounts = try requireBorders(padding, rank: Space.rank)
    return maps.padded(before: [0] + amounts.map { $0[0] } + [0], after: [0] + amounts.map { $0[1] } + [0])
  }
}

/// Zeros before and after sequences `[batch, length, channels]`.
public typealias ZeroPadding1D = ZeroPadding<Space1D>
/// Zeros around maps `[batch, height, width, channels]`.
public typealias ZeroPadding2D = ZeroPadding<Space2D>
/// Zeros around volumes `[batch, depth, height, width, channels]`.
public typealias ZeroPadding3D = ZeroPadding<Space3D>

enum ZeroPaddingKeys: String, CodingKey {
  case padding
  case dataFormat = "data_format"
}

extension ZeroPadding {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: ZeroPaddingKeys.self)
    self.init(
      padding: try options.value(.padding, default: 1),
      dataFormat: try options.name(.dataFormat, default: .channelsLast))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: ZeroPaddingKeys.self)
    try options.encode(padding.encoded(rank: Space.rank), forKey: .padding)
    try options.encode(dataFormat, forKey: .dataFormat)
  }
}

extension Layer {
  /// Amounts before and after each space axis.
  func requireBorders(_ borders: Borders, rank: Int) throws -> [[Int]] {
    guard let amounts = borders.amounts(rank: rank) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "one amount from 0, one for each of \(rank) space axes, or a pair for each",
        received: "\(borders)", remedy: "Give amounts for both ends of each space axis.")
    }
    return amounts
  }
}
