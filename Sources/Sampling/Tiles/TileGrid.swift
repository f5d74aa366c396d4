import Readers

/// Square tiles side by side over the radar domain: the same for every model, and never drawn by chance.
///
/// Along each side ⌈extent / size⌉ tiles cover the domain's bounding box, centred on it and moved inside the
/// frame (one less where the frame is too small for that). Tiles with less than a stated share of their pixels
/// inside the domain are left out.
public struct TileGrid: Equatable, Sendable {
  /// The tiles, row by row.
  public let tiles: [Tile]
  /// How many were left out because they lie mostly outside the domain.
  public let rejected: Int

  /// Lays out the tiles.
  ///
  /// - Parameters:
  ///   - domain: The pixels that are measured at all.
  ///   - size: The side of a tile in pixels.
  ///   - minimumShare: The share of a tile's pixels that must lie inside the domain.
  /// - Throws: `DataError` if the size is no side of a tile that fits, or every tile is left out.
  public init(domain: DomainMask, size: Int, minimumShare: Double = 0.5) throws {
    let shape = domain.shape
    guard size >= 1, size <= min(shape.height, shape.width) else {
      throw DataError(
        .noTile, expected: "a tile size from 1 to \(min(shape.height, shape.width)) for frames of \(shape)",
        received: "\(size)", remedy: "Choose smaller tiles, or average fewer pixels into one.")
    }
    let box = domain.boundingBox
    let rows = Self.starts(first: box.row, length: box.height, size: size, limit: shape.height)
    let columns = Self.starts(first: box.column, length: box.width, size: size, limit: shape.width)
    let all = rows.flatMap { row in columns.map { Tile(row: row, column: $0, size: size) } }
    tiles = all.filter { domain.share(of: $0) >= minimumShare }
    rejected = all.count - tiles.count
    guard !tiles.isEmpty else {
      throw DataError(
        .noTile, expected: "a tile of \(size)×\(size) with \(minimumShare) of its pixels inside the domain",
        received: "\(all.count) tiles, none of them", remedy: "Choose smaller tiles or a smaller share.")
    }
  }

  /// A part of the tiles for validation, every k-th with k = ⌈1 / fraction⌉, starting in the middle of the first
  /// k; the rest are free for training.
  ///
  /// - Throws: `DataError` if the fraction is not between 0 and ½, or leaves no tile on one side.
  public func heldOut(fraction: Double) throws -> [Tile] {
    guard fraction > 0, fraction <= 0.5, tiles.count > 1 else {
      throw DataError(
        .noTile, expected: "two or more tiles and a fraction between 0 and 0.5 of them to hold out",
        received: "\(tiles.count) tiles and \(fraction)", remedy: "Choose smaller tiles or another fraction.")
    }
    let step = min(tiles.count, Int((1 / fraction).rounded(.up)))
    return stride(from: step / 2, to: tiles.count, by: step).map { tiles[$0] }
  }

  private static func starts(first: Int, length: Int, size: Int, limit: Int) -> [Int] {
    let count = min((length + size - 1) / size, limit / size)
    let centred = first + (length - count * size) / 2
    let start = min(max(0, centred), limit - count * size)
    return (0..<count).map { start + $0 * size }
  }
}
