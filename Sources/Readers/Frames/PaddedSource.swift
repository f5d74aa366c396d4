import Foundation

/// Another source on larger frames: the pixels beyond its lower and right edge are missing.
public struct PaddedSource: FrameSource {
  private let base: any FrameSource
  public let shape: FrameShape

  /// - Throws: ``DataError`` if the frames are larger than asked for.
  public init(_ base: any FrameSource, height: Int, width: Int) throws {
    let own = base.shape
    guard height >= own.height, width >= own.width else {
      throw DataError(
        .wrongShape, expected: "frames of at most \(height)×\(width) pixels to be padded to that",
        received: "\(own)", remedy: "Pad to the size of the largest.")
    }
    self.base = base
    shape = FrameShape(height: height, width: width, channels: own.channels)
  }

  public var count: Int { base.count }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var events: [Range<Int>] { base.events }
  public var readsParts: Bool { base.readsParts }
  public var grid: GridMetadata? {
    guard var grid = base.grid else { return nil }
    grid.span(
      rows: grid.spannedRows ?? Double(base.shape.height),
      columns: grid.spannedColumns ?? Double(base.shape.width), of: shape)
    return grid
  }

  public func frame(at index: Int) throws -> Frame {
    let frame = try base.frame(at: index)
    guard frame.shape != shape else { return frame }
    var values: [Float] = []
    var isValid: [Bool] = []
    values.reserveCapacity(shape.count)
    isValid.reserveCapacity(shape.count)
    pad(
      Tile(covering: shape), frame.values[...], frame.isValid[...], of: Tile(covering: frame.shape),
      to: &values,
      &isValid)
    return try Frame(shape: shape, values: values, isValid: isValid, time: frame.time)
  }

  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    try tile.check(fits: shape)
    var part = tile
    part.height = min(tile.height, base.shape.height - tile.row)
    part.width = min(tile.width, base.shape.width - tile.column)
    var (own, mask): ([Float], [Bool]) = ([], [])
    if part.height > 0, part.width > 0 { try base.append(part, ofFrame: index, to: &own, &mask) }
    pad(tile, own[...], mask[...], of: part, to: &values, &isValid)
  }

  /// Appends the rows of a tile of which a part in the upper left is there.
  private func pad(
    _ tile: Tile, _ own: ArraySlice<Float>, _ mask: ArraySlice<Bool>, of part: Tile, to values: inout [Float],
    _ isValid: inout [Bool]
  ) {
    let (line, whole) = (max(0, part.width) * shape.channels, tile.width * shape.channels)
    for row in 0..<tile.height {
      let there = row < part.height ? row * line..<(row + 1) * line : 0..<0
      values += own[there]
      isValid += mask[there]
      values += repeatElement(0, count: whole - there.count)
      isValid += repeatElement(false, count: whole - there.count)
    }
  }
}
