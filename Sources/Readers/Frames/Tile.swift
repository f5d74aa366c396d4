/// A rectangle of pixels: where it starts and how large it is.
public struct Tile: Hashable, Codable, Sendable {
  /// The first row.
  public var row: Int
  /// The first column.
  public var column: Int
  public var height: Int
  public var width: Int

  public init(row: Int, column: Int, height: Int, width: Int) {
    self.row = row
    self.column = column
    self.height = height
    self.width = width
  }

  /// A square.
  public init(row: Int, column: Int, size: Int) {
    self.init(row: row, column: column, height: size, width: size)
  }

  /// The whole of a frame.
  public init(covering shape: FrameShape) {
    self.init(row: 0, column: 0, height: shape.height, width: shape.width)
  }

  /// Whether the two share a pixel.
  public func overlaps(_ other: Tile) -> Bool {
    row < other.row + other.height && other.row < row + height
      && column < other.column + other.width && other.column < column + width
  }

  /// Refuses a tile that is empty or reaches beyond a frame.
  package func check(fits shape: FrameShape) throws {
    guard height > 0, width > 0, row >= 0, column >= 0, height <= shape.height, width <= shape.width,
      row <= shape.height - height, column <= shape.width - width
    else {
      throw DataError(
        .noTile, expected: "a tile inside \(shape)",
        received: "\(height)×\(width) at row \(row), column \(column)",
        remedy: "Choose a tile that the frame holds.")
    }
  }
}

extension Tile: CustomStringConvertible {
  public var description: String { "\(height)×\(width)@\(row),\(column)" }
}
