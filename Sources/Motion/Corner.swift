/// A place between pixels, moved to the edge where it lies beyond.
struct Corner {
  let upper: Int
  let lower: Int
  let right: Int
  let a: Double
  let b: Double

  @inline(__always)
  init(_ x: Double, _ y: Double, _ height: Int, _ width: Int) {
    let x = min(max(x, 0), Double(width - 1))
    let y = min(max(y, 0), Double(height - 1))
    let (column, row) = (Int(x), Int(y))
    (a, b) = (x - Double(column), y - Double(row))
    upper = row * width + column
    lower = row + 1 < height ? upper + width : upper
    right = column + 1 < width ? 1 : 0
  }

  @inline(__always)
  func value<Value: BinaryFloatingPoint>(_ field: UnsafeBufferPointer<Value>) -> Double {
    let top = Double(field[upper]) * (1 - a) + Double(field[upper + right]) * a
    let bottom = Double(field[lower]) * (1 - a) + Double(field[lower + right]) * a
    return top * (1 - b) + bottom * b
  }

  @inline(__always)
  func isInside(_ mask: UnsafeBufferPointer<Bool>) -> Bool {
    mask[upper] && (a == 0 || mask[upper + right]) && (b == 0 || mask[lower])
      && (a == 0 || b == 0 || mask[lower + right])
  }
}
