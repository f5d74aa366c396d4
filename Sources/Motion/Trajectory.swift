/// Where each pixel was some frames ago, relative to where it is, followed backwards along a motion that stays.
package struct Trajectory: Sendable {
  package let motion: MotionField
  package private(set) var x: [Double]
  package private(set) var y: [Double]
  /// The displacement of the last step, with which the next one is begun.
  private var stepX: [Double]
  private var stepY: [Double]

  package init(_ motion: MotionField) {
    self.motion = motion
    x = [Double](repeating: 0, count: motion.dx.count)
    y = x
    stepX = motion.dx.map(Double.init)
    stepY = motion.dy.map(Double.init)
  }

  /// One frame further back.
  package mutating func advance() {
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

  /// What stood where each pixel came from; a pixel is missing where that is beyond the edge or next to a missing one.
  package func read(_ field: ImageField) -> ImageField {
    let (values, mask) = reading(field.values, field.isValid)
    return ImageField(height: motion.height, width: motion.width, checked: values, mask)
  }

  /// ``read(_:)`` in double precision; values `[height, width]` and their mask.
  package func read(_ values: [Double], _ isValid: [Bool]) -> (values: [Double], isValid: [Bool]) {
    reading(values, isValid)
  }

  @inline(__always)
  private func reading<Value: BinaryFloatingPoint>(
    _ values: [Value], _ isValid: [Bool]
  ) -> (values: [Value], isValid: [Bool]) {
    let (height, width) = (motion.height, motion.width)
    var mask = [Bool](repeating: false, count: x.count)
    let found = [Value](unsafeUninitializedCapacity: x.count) { found, count in
      mask.withUnsafeMutableBufferPointer { mask in
        values.withUnsafeBufferPointer { source in
          isValid.withUnsafeBufferPointer { isValid in
            x.withUnsafeBufferPointer { x in
              y.withUnsafeBufferPointer { y in
                for row in 0..<height {
                  for column in 0..<width {
                    let place = row * width + column
                    let (px, py) = (Double(column) + x[place], Double(row) + y[place])
                    found[place] = 0
                    guard px >= 0, py >= 0, px <= Double(width - 1), py <= Double(height - 1) else {
                      continue
                    }
                    let corner = Corner(px, py, height, width)
                    guard corner.isInside(isValid) else { continue }
                    found[place] = Value(corner.value(source))
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
    return (found, mask)
  }
}
