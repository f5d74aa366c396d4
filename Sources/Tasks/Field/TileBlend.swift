import Foundation
import Readers
import TensorCore

/// Overlapping tiles that cover a field, and weights by which their forecasts become one field without seams.
///
/// Tiles stand at most half a side apart, evenly along each axis. Inside a tile of n pixels pixel i weighs
/// sin²(π (i + ½) / n) along each axis, which falls smoothly to almost nothing at its edges; a pixel of the field is
/// the weighted mean of all tiles over it.
package struct TileBlend: Sendable {
  package let height: Int
  package let width: Int
  package let tiles: [Tile]
  private let weights: [Float]

  /// - Precondition: the field is at least as large as a tile.
  package init(height: Int, width: Int, tileHeight: Int, tileWidth: Int) {
    precondition(height >= tileHeight && width >= tileWidth, "A tile must fit into the field.")
    self.height = height
    self.width = width
    let columns = Self.starts(length: width, tile: tileWidth)
    tiles = Self.starts(length: height, tile: tileHeight).flatMap { row in
      columns.map { Tile(row: row, column: $0, height: tileHeight, width: tileWidth) }
    }
    let (across, down) = (Self.profile(tileWidth), Self.profile(tileHeight))
    weights = down.flatMap { y in across.map { y * $0 } }
  }

  static func starts(length: Int, tile: Int) -> [Int] {
    guard length > tile else { return [0] }
    let step = max(1, tile / 2)
    let intervals = (length - tile + step - 1) / step
    return (0...intervals).map { ($0 * (length - tile) + intervals / 2) / intervals }
  }

  static func profile(_ length: Int) -> [Float] {
    (0..<length).map {
      let s = sin(Double.pi * (Double($0) + 0.5) / Double(length))
      return Float(s * s)
    }
  }

  /// The field `[frames, height, width]` from the forecast of each tile, `[frames, tile height, tile width]` in the
  /// order of ``tiles``; `forecast` is asked for a few tiles at a time.
  ///
  /// - Throws: What `forecast` throws.
  package func blended(
    frames: Int, batchSize: Int = 8, _ forecast: ([Tile]) throws -> Tensor
  ) throws -> [Float] {
    var sums = [Float](repeating: 0, count: frames * height * width)
    var total = [Float](repeating: 0, count: height * width)
    for start in stride(from: 0, to: tiles.count, by: batchSize) {
      try Task.checkCancellation()
      let part = Array(tiles[start..<min(tiles.count, start + batchSize)])
      try forecast(part).withUnsafeValues { values in
        for (index, tile) in part.enumerated() {
          add(
            tile, frames: frames, from: values, at: index * frames * tile.height * tile.width, to: &sums,
            &total)
        }
      }
    }
    for frame in 0..<frames {
      for pixel in 0..<height * width { sums[frame * height * width + pixel] /= total[pixel] }
    }
    return sums
  }

  private func add(
    _ tile: Tile, frames: Int, from values: UnsafeBufferPointer<Float>, at offset: Int,
    to sums: inout [Float],
    _ total: inout [Float]
  ) {
    for row in 0..<tile.height {
      let start = (tile.row + row) * width + tile.column
      for column in 0..<tile.width { total[start + column] += weights[row * tile.width + column] }
      for frame in 0..<frames {
        let source = offset + (frame * tile.height + row) * tile.width
        let target = frame * height * width + start
        for column in 0..<tile.width {
          sums[target + column] += weights[row * tile.width + column] * values[source + column]
        }
      }
    }
  }
}
