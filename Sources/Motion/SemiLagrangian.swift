/// Moves a field along a motion field that stays as it is: each pixel is followed backwards to where it came
/// from (Germann & Zawadzki 2002), the displacement of each step taken at its middle, and read there between
/// pixels.
public struct SemiLagrangian: Sendable {
  public init() {}

  /// The field after 1, 2, … `steps` frames. A pixel is missing where it came from beyond the edge or from
  /// next to a missing one.
  ///
  /// - Throws: ``MotionError`` when field and motion differ in size or a step is negative.
  public func extrapolate(
    _ field: ImageField, along motion: MotionField, steps: Int
  ) throws(MotionError) -> [ImageField] {
    guard field.height == motion.height, field.width == motion.width, steps >= 0 else {
      throw MotionError(
        expected: "a field and a motion of one size and no negative number of steps",
        received: "\(field.height) × \(field.width), \(motion.height) × \(motion.width), \(steps) steps",
        remedy: "Find the motion in frames of the same grid.")
    }
    var path = Path(motion)
    return (0..<steps).map { _ in
      path.advance()
      return path.read(field)
    }
  }

  /// Where each pixel was `steps` frames ago relative to where it is, `[height, width]`: columns and rows.
  ///
  /// - Throws: ``MotionError`` for a negative step.
  public func displacement(along motion: MotionField, steps: Int) throws(MotionError) -> MotionField {
    guard steps >= 0 else {
      throw MotionError(
        expected: "no negative number of steps", received: "\(steps)", remedy: "Motion is followed forwards.")
    }
    var path = Path(motion)
    for _ in 0..<steps { path.advance() }
    return MotionField(
      height: motion.height, width: motion.width, checked: path.x.map { Float($0) }, path.y.map { Float($0) })
  }

  /// The displacements so far, from each pixel backwards.
  private struct Path {
    let motion: MotionField
    var x: [Double]
    var y: [Double]
    /// The displacement of the last step, with which the next one is begun.
    var stepX: [Double]
    var stepY: [Double]

    init(_ motion: MotionField) {
      self.motion = motion
      x = [Double](repeating: 0, count: motion.dx.count)
      y = x
      stepX = motion.dx.map(Double.init)
      stepY = motion.dy.map(Double.init)
    }

    mutating func advance() {
      let (height, width) = (motion.height, motion.width)
      let (dx, dy) = (motion.dx, motion.dy)
      x.withUnsafeMutableBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          stepX.withUnsafeMutableBufferPointer { stepX in
            stepY.withUnsafeMutableBufferPointer { stepY in
              dx.withUnsafeBufferPointer { dx in
                dy.withUnsafeBufferPointer { dy in
                  for row in 0..<height {
                    for column in 0..<width {
                      let place = row * width + column
                      let (px, py) = (Double(column), Double(row))
                      let middle = Corner(
                        px + x[place] - stepX[place] / 2, py + y[place] - stepY[place] / 2, height, width)
                      x[place] -= middle.value(dx)
                      y[place] -= middle.value(dy)
                      let end = Corner(px + x[place], py + y[place], height, width)
                      stepX[place] = end.value(dx)
                      stepY[place] = end.value(dy)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }

    func read(_ field: ImageField) -> ImageField {
      let (height, width) = (motion.height, motion.width)
      var mask = [Bool](repeating: false, count: x.count)
      let values = [Float](unsafeUninitializedCapacity: x.count) { values, count in
        mask.withUnsafeMutableBufferPointer { mask in
          field.values.withUnsafeBufferPointer { source in
            field.isValid.withUnsafeBufferPointer { isValid in
              x.withUnsafeBufferPointer { x in
                y.withUnsafeBufferPointer { y in
                  for row in 0..<height {
                    for column in 0..<width {
                      let place = row * width + column
                      let (px, py) = (Double(column) + x[place], Double(row) + y[place])
                      values[place] = 0
                      guard px >= 0, py >= 0, px <= Double(width - 1), py <= Double(height - 1) else {
                        continue
                      }
                      let corner = Corner(px, py, height, width)
                      guard corner.isInside(isValid) else { continue }
                      values[place] = Float(corner.value(source))
                      mask[place] = true
                    }
                  }
                }
              }
            }
          }
        }
        count = x.count
      }
      return ImageField(height: height, width: width, checked: values, mask)
    }
  }

  /// A place between pixels, moved to the edge where it lies beyond.
  private struct Corner {
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
    func value(_ field: UnsafeBufferPointer<Float>) -> Double {
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
}
