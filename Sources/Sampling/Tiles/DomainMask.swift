import Readers

/// Which pixels of a grid are usually measured: the radar domain.
public struct DomainMask: Equatable, Sendable {
  public let shape: FrameShape
  /// For each pixel `[height, width]` whether it belongs to the domain.
  public let isInside: [Bool]

  /// The pixels whose values (all channels) are valid in at least half of the given frames.
  ///
  /// - Throws: whatever reading a frame throws; `DataError` if no pixel qualifies.
  public init(of source: some FrameSource, frames: some Collection<Int>) throws {
    let shape = source.shape
    var counts = [Int32](repeating: 0, count: shape.pixels)
    for index in frames {
      let frame = try source.frame(at: index)
      for pixel in 0..<shape.pixels {
        let channels = pixel * shape.channels..<(pixel + 1) * shape.channels
        if frame.isValid[channels].allSatisfy({ $0 }) { counts[pixel] += 1 }
      }
    }
    try self.init(shape: shape, isInside: counts.map { $0 > 0 && 2 * Int($0) >= frames.count })
  }

  /// A domain from its mask.
  ///
  /// - Throws: `DataError` if the mask has another size than the grid, or is empty.
  public init(shape: FrameShape, isInside: [Bool]) throws {
    guard isInside.count == shape.pixels, isInside.contains(true) else {
      throw DataError(
        .noTile, expected: "a mask of \(shape.pixels) pixels with some inside the domain",
        received: "\(isInside.count) entries, \(isInside.count { $0 }) of them inside",
        remedy: "Choose frames that hold measurements.")
    }
    self.shape = shape
    self.isInside = isInside
  }

  /// The share of a tile's pixels inside the domain.
  public func share(of tile: Tile) -> Double {
    var inside = 0
    for row in tile.row..<tile.row + tile.height {
      let start = row * shape.width + tile.column
      inside += isInside[start..<start + tile.width].count { $0 }
    }
    return Double(inside) / Double(tile.height * tile.width)
  }

  /// The smallest rectangle that holds the whole domain.
  public var boundingBox: Tile {
    let rows = (0..<shape.height).filter { row in
      isInside[row * shape.width..<(row + 1) * shape.width].contains(true)
    }
    let columns = (0..<shape.width).filter { column in
      stride(from: column, to: isInside.count, by: shape.width).contains { isInside[$0] }
    }
    guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last
    else {
      return Tile(covering: shape)
    }
    return Tile(row: top, column: left, height: bottom - top + 1, width: right - left + 1)
  }
}
