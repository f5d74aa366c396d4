import Foundation

/// One image or gridded field: values in physical units, and which of them are there at all.
public struct Frame: Equatable, Sendable {
  public let shape: FrameShape
  /// The values `[height, width, channels]`, row-major, first row northernmost. Missing values are 0 here and
  /// `false` in ``isValid``; there is never a NaN.
  public let values: [Float]
  /// For each value whether it was measured.
  public let isValid: [Bool]
  /// The time that the frame is valid for (for accumulations: the end of the interval).
  public let time: Date?

  /// A frame from its values and mask; without a mask all finite values are valid. Values that are not finite
  /// count as missing.
  ///
  /// - Throws: ``DataError`` if the number of values or mask entries is not that of the shape.
  public init(shape: FrameShape, values: [Float], isValid: [Bool]? = nil, time: Date? = nil) throws {
    guard shape.height > 0, shape.width > 0, shape.channels > 0, values.count == shape.count,
      isValid.map({ $0.count == shape.count }) ?? true
    else {
      throw DataError(
        .wrongShape, expected: "\(shape.count) values and mask entries for a frame of \(shape)",
        received: "\(values.count) values" + (isValid.map { " and \($0.count) mask entries" } ?? ""),
        remedy: "Pass values row-major as [height, width, channels], no axis empty.")
    }
    var values = values
    var mask = isValid ?? [Bool](repeating: true, count: values.count)
    values.withUnsafeMutableBufferPointer { values in
      mask.withUnsafeMutableBufferPointer { mask in
        for index in values.indices where !(mask[index] && values[index].isFinite) {
          mask[index] = false
          values[index] = 0
        }
      }
    }
    self.shape = shape
    self.values = values
    self.isValid = mask
    self.time = time
  }

  /// The number of missing values.
  public var missingCount: Int { isValid.reduce(0) { $1 ? $0 : $0 + 1 } }

  /// The part of the frame that a tile covers.
  ///
  /// - Throws: ``DataError`` if the tile reaches beyond the frame.
  public func cropped(to tile: Tile) throws -> Frame {
    var values: [Float] = []
    var mask: [Bool] = []
    try append(tile, to: &values, &mask)
    let shape = FrameShape(height: tile.height, width: tile.width, channels: shape.channels)
    return try Frame(shape: shape, values: values, isValid: mask, time: time)
  }

  /// Appends the values and the mask of a tile, row by row.
  func append(_ tile: Tile, to values: inout [Float], _ mask: inout [Bool]) throws {
    try tile.check(fits: shape)
    let rowLength = tile.width * shape.channels
    for row in tile.row..<tile.row + tile.height {
      let start = (row * shape.width + tile.column) * shape.channels
      values.append(contentsOf: self.values[start..<start + rowLength])
      mask.append(contentsOf: isValid[start..<start + rowLength])
    }
  }
}
