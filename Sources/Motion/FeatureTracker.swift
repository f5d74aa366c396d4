/// Follows places from one image to the next: the iterative Lucas–Kanade method on a pyramid of resolutions
/// (Lucas & Kanade 1981; Bouguet 2001, "Pyramidal implementation of the affine Lucas Kanade feature
/// tracker").
///
/// Around each place a window's displacement d is found that makes Σ (I(p) − J(p + d))² small, from the
/// coarsest resolution to the finest, by Newton steps with the gradients of I.
struct FeatureTracker {
  /// The side of the window in pixels.
  var window = 50
  /// How many times the resolution is halved.
  var maximumLevel = 3
  /// Newton steps at each resolution.
  var iterations = 10
  /// Windows with less texture than this are not followed.
  var minimumEigenvalue: Float = 1e-4

  /// Window rows are handled in groups of so many pixels.
  private static let lanes = 8

  /// The displacement of each place that could be followed.
  func track(_ places: [(x: Int, y: Int)], from first: ImagePyramid, to second: ImagePyramid)
    -> [MotionVector]
  {
    let stride = (window + Self.lanes - 1) / Self.lanes * Self.lanes
    var patch = Patch(window: window, stride: stride)
    let top = min(first.levels.count, second.levels.count) - 1
    return places.compactMap { place in
      var (nextX, nextY) = (Float(0), Float(0))
      for level in (0...top).reversed() {
        let scale = 1 / Float(1 << level)
        let (x, y) = (Float(place.x) * scale, Float(place.y) * scale)
        (nextX, nextY) = level == top ? (x, y) : (nextX * 2, nextY * 2)
        let found = patch.follow(
          from: first.levels[level], x, y, to: second.levels[level], &nextX, &nextY, iterations,
          minimumEigenvalue)
        if !found, level == 0 { return nil }
      }
      return MotionVector(
        x: Float(place.x), y: Float(place.y), dx: nextX - Float(place.x), dy: nextY - Float(place.y))
    }
  }

  /// The window of the first image and its gradients, between pixels.
  private struct Patch {
    let window: Int
    let stride: Int
    var values: [Float]
    var dx: [Float]
    var dy: [Float]

    typealias Vector = SIMD8<Float>

    init(window: Int, stride: Int) {
      self.window = window
      self.stride = stride
      values = [Float](repeating: 0, count: window * stride)
      (dx, dy) = (values, values)
    }

    /// The four weights of a place between pixels and the pixel at its upper left; nil out of reach.
    private func corner(_ x: Float, _ y: Float, in level: ImagePyramid.Level) -> (Int, SIMD4<Float>)? {
      guard x.isFinite, y.isFinite, abs(x) < 1e6, abs(y) < 1e6 else { return nil }
      let (column, row) = (x.rounded(.down), y.rounded(.down))
      let (a, b) = (x - column, y - row)
      guard Int(column) >= -window, Int(column) < level.width, Int(row) >= -window, Int(row) < level.height
      else { return nil }
      return (
        level.offset(Int(column), Int(row)),
        SIMD4((1 - a) * (1 - b), a * (1 - b), (1 - a) * b, a * b)
      )
    }

    /// Eight neighbouring values between pixels.
    @inline(__always)
    private static func between(_ base: UnsafeRawPointer, _ step: Int, _ weights: SIMD4<Float>) -> Vector {
      let below = base + step
      return base.loadUnaligned(as: Vector.self) * weights.x
        + (base + 4).loadUnaligned(as: Vector.self) * weights.y
        + below.loadUnaligned(as: Vector.self) * weights.z
        + (below + 4).loadUnaligned(as: Vector.self) * weights.w
    }

    /// Improves the place in the second image; false where it cannot be followed at this resolution.
    mutating func follow(
      from first: ImagePyramid.Level, _ x: Float, _ y: Float, to second: ImagePyramid.Level,
      _ nextX: inout Float, _ nextY: inout Float, _ iterations: Int, _ minimumEigenvalue: Float
    ) -> Bool {
      let half = Float(window - 1) / 2
      guard let (offset, weights) = corner(x - half, y - half, in: first) else { return false }
      // Grey levels times 32, the gain of the Scharr gradients.
      let a = cut(first, offset, weights)
      let scale: Float = 1 / 1_048_576
      let (xx, xy, yy) = (a.x * scale, a.y * scale, a.z * scale)
      let determinant = xx * yy - xy * xy
      let smaller = yy + xx - ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot()
      guard smaller / Float(2 * window * window) >= minimumEigenvalue, determinant >= .ulpOfOne else {
        return false
      }
      var (px, py) = (nextX - half, nextY - half)
      var (lastX, lastY) = (Float(0), Float(0))
      for iteration in 0..<iterations {
        guard let (offset, weights) = corner(px, py, in: second) else { return false }
        let b = mismatch(second, offset, weights) * scale
        let (stepX, stepY) = ((xy * b.y - yy * b.x) / determinant, (xy * b.x - xx * b.y) / determinant)
        (px, py) = (px + stepX, py + stepY)
        (nextX, nextY) = (px + half, py + half)
        if stepX == 0, stepY == 0 { break }
        if iteration > 0, abs(stepX + lastX) < 0.01, abs(stepY + lastY) < 0.01 {
          // The steps go to and fro: the middle is it.
          (nextX, nextY) = (nextX - stepX / 2, nextY - stepY / 2)
          break
        }
        (lastX, lastY) = (stepX, stepY)
      }
      return corner(nextX - half, nextY - half, in: second) != nil
    }

    /// Fills the window from the first image; the sums of products of its gradients (xx, xy, yy).
    private mutating func cut(
      _ level: ImagePyramid.Level, _ offset: Int, _ weights: SIMD4<Float>
    ) -> SIMD3<Float> {
      let (window, stride, step) = (window, stride, level.stride * 4)
      var inside = Vector(repeating: 1)
      for lane in 0..<8 where stride - 8 + lane >= window { inside[lane] = 0 }
      var (xx, xy, yy) = (Vector(), Vector(), Vector())
      level.pixels.withUnsafeBytes { pixels in
        level.dx.withUnsafeBytes { levelX in
          level.dy.withUnsafeBytes { levelY in
            values.withUnsafeMutableBytes { values in
              dx.withUnsafeMutableBytes { dx in
                dy.withUnsafeMutableBytes { dy in
                  for row in 0..<window {
                    for column in Swift.stride(from: 0, to: stride, by: 8) {
                      let source = (offset + row * level.stride + column) * 4
                      let target = (row * stride + column) * 4
                      let value = Self.between(pixels.baseAddress! + source, step, weights) * 32
                      var x = Self.between(levelX.baseAddress! + source, step, weights)
                      var y = Self.between(levelY.baseAddress! + source, step, weights)
                      if column == stride - 8 { (x, y) = (x * inside, y * inside) }
                      values.storeBytes(of: value, toByteOffset: target, as: Vector.self)
                      dx.storeBytes(of: x, toByteOffset: target, as: Vector.self)
                      dy.storeBytes(of: y, toByteOffset: target, as: Vector.self)
                      xx += x * x
                      xy += x * y
                      yy += y * y
                    }
                  }
                }
              }
            }
          }
        }
      }
      return SIMD3(xx.sum(), xy.sum(), yy.sum())
    }

    /// Σ (J − I) ∇I over the window.
    private func mismatch(
      _ level: ImagePyramid.Level, _ offset: Int, _ weights: SIMD4<Float>
    ) -> SIMD2<Float> {
      let (window, stride, step) = (window, stride, level.stride * 4)
      let weights = weights * 32
      var (bx, by) = (Vector(), Vector())
      level.pixels.withUnsafeBytes { pixels in
        values.withUnsafeBytes { values in
          dx.withUnsafeBytes { dx in
            dy.withUnsafeBytes { dy in
              for row in 0..<window {
                for column in Swift.stride(from: 0, to: stride, by: 8) {
                  let source = (offset + row * level.stride + column) * 4
                  let place = (row * stride + column) * 4
                  let difference =
                    Self.between(pixels.baseAddress! + source, step, weights)
                    - values.loadUnaligned(fromByteOffset: place, as: Vector.self)
                  bx += difference * dx.loadUnaligned(fromByteOffset: place, as: Vector.self)
                  by += difference * dy.loadUnaligned(fromByteOffset: place, as: Vector.self)
                }
              }
            }
          }
        }
      }
      return SIMD2(bx.sum(), by.sum())
    }
  }
}
