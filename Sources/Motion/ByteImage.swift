/// A field as 256 grey levels: 0 at its smallest and 255 at its largest valid value, missing pixels 0.
/// Features are found and followed in this form, as OpenCV does.
struct ByteImage {
  let height: Int
  let width: Int
  var pixels: [UInt8]
  /// Where a feature may lie: valid, and no missing pixel within two pixels.
  var isTrackable: [Bool]

  /// nil for a field without a valid pixel.
  init?(_ field: ImageField, removesSpecks: Bool) {
    guard let range = field.range else { return nil }
    (height, width) = (field.height, field.width)
    var wet = field.values.indices.map { field.isValid[$0] && field.values[$0] > range.minimum }
    if removesSpecks { wet = Self.opened(wet, height, width) }
    let span = Double(range.maximum) - Double(range.minimum)
    pixels = field.values.indices.map { index in
      guard wet[index] else { return 0 }
      let level = Double(field.values[index]) - Double(range.minimum)
      return UInt8(span > 1e-8 ? min(level / span * 255, 255) : 0)
    }
    isTrackable = Self.shrunk(field.isValid, height, width, by: 2)
  }

  init(height: Int, width: Int, pixels: [UInt8]) {
    self.height = height
    self.width = width
    self.pixels = pixels
    isTrackable = []
  }

  /// Morphological opening (erosion, then dilation) with a cross of 3 × 3: removes what is thinner than that.
  private static func opened(_ mask: [Bool], _ height: Int, _ width: Int) -> [Bool] {
    func neighbours(_ index: Int, _ body: (Int) -> Bool) -> Bool {
      let (row, column) = (index / width, index % width)
      return body(index) && (row == 0 || body(index - width)) && (row == height - 1 || body(index + width))
        && (column == 0 || body(index - 1)) && (column == width - 1 || body(index + 1))
    }
    let eroded = mask.indices.map { mask[$0] && neighbours($0) { mask[$0] } }
    return mask.indices.map { index in mask[index] && !neighbours(index) { !eroded[$0] } }
  }

  /// False within `reach` pixels (a square) of a false entry.
  private static func shrunk(_ mask: [Bool], _ height: Int, _ width: Int, by reach: Int) -> [Bool] {
    guard mask.contains(false) else { return mask }
    var result = mask
    for row in 0..<height {
      for column in 0..<width where !mask[row * width + column] {
        for y in max(0, row - reach)...min(height - 1, row + reach) {
          for x in max(0, column - reach)...min(width - 1, column + reach) { result[y * width + x] = false }
        }
      }
    }
    return result
  }

  /// Half the size along each axis: smoothed with [1 4 6 4 1] / 16 and every second pixel taken.
  func halved() -> ByteImage {
    let (newHeight, newWidth) = ((height + 1) / 2, (width + 1) / 2)
    var result = [UInt8](repeating: 0, count: newHeight * newWidth)
    var columns = [Int32](repeating: 0, count: width)
    pixels.withUnsafeBufferPointer { source in
      for y in 0..<newHeight {
        let rows = (-2...2).map { reflected(2 * y + $0, height) * width }
        for x in 0..<width {
          let outer = Int32(source[rows[0] + x]) + Int32(source[rows[4] + x])
          let inner = Int32(source[rows[1] + x]) + Int32(source[rows[3] + x])
          columns[x] = outer + 4 * inner + 6 * Int32(source[rows[2] + x])
        }
        for x in 0..<newWidth {
          func at(_ offset: Int) -> Int32 { columns[reflected(2 * x + offset, width)] }
          let sum = at(-2) + at(2) + 4 * (at(-1) + at(1)) + 6 * at(0)
          result[y * newWidth + x] = UInt8((sum + 128) >> 8)
        }
      }
    }
    return ByteImage(height: newHeight, width: newWidth, pixels: result)
  }
}

/// An index beyond an edge, mirrored about the edge pixel: …2 1 | 0 1 2…
@inline(__always)
func reflected(_ index: Int, _ count: Int) -> Int {
  if index >= 0, index < count { return index }
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let place = ((index % period) + period) % period
  return place < count ? place : period - place
}
