/// Places that can be followed from frame to frame: corners by the smaller eigenvalue of the gradients'
/// covariance (Shi & Tomasi 1994, "Good features to track").
struct CornerDetector {
  /// At most so many corners, the strongest first.
  var maximumCorners = 1000
  /// Corners are at least so strong relative to the strongest.
  var quality: Float = 0.01
  /// The least distance of two corners in pixels.
  var minimumDistance = 10.0
  /// The side of the square over which gradients are gathered.
  var blockSize = 5

  /// The corners as (column, row), the strongest first.
  func corners(in image: ByteImage) -> [(x: Int, y: Int)] {
    guard image.height > 2, image.width > 2 else { return [] }
    let strength = smallerEigenvalues(image)
    let (height, width) = (image.height, image.width)
    let strongest = strength.indices.reduce(Float(0)) {
      image.isTrackable[$1] ? max($0, strength[$1]) : $0
    }
    let least = strongest * quality
    var candidates: [(strength: Float, place: Int)] = []
    for y in 1..<height - 1 {
      for x in 1..<width - 1 {
        let place = y * width + x
        let value = strength[place]
        guard value > least, image.isTrackable[place] else { continue }
        let above = max(strength[place - width - 1], strength[place - width], strength[place - width + 1])
        let below = max(strength[place + width - 1], strength[place + width], strength[place + width + 1])
        guard value >= max(above, below), value >= max(strength[place - 1], strength[place + 1]) else {
          continue
        }
        candidates.append((value, place))
      }
    }
    candidates.sort { ($0.strength, $0.place) > ($1.strength, $1.place) }
    return spread(candidates.map(\.place), height, width)
  }

  /// Keeps places in their order that are far enough from all kept before.
  private func spread(_ places: [Int], _ height: Int, _ width: Int) -> [(x: Int, y: Int)] {
    let cell = max(1, Int(minimumDistance.rounded()))
    let (rows, columns) = ((height + cell - 1) / cell, (width + cell - 1) / cell)
    var cells = [[(x: Int, y: Int)]](repeating: [], count: rows * columns)
    var kept: [(x: Int, y: Int)] = []
    let least = minimumDistance * minimumDistance
    for place in places where kept.count < maximumCorners {
      let (x, y) = (place % width, place / width)
      let (column, row) = (x / cell, y / cell)
      let near = (max(0, row - 1)...min(rows - 1, row + 1)).contains { r in
        (max(0, column - 1)...min(columns - 1, column + 1)).contains { c in
          cells[r * columns + c].contains { other in
            let (dx, dy) = (other.x - x, other.y - y)
            return Double(dx * dx + dy * dy) < least
          }
        }
      }
      guard !near else { continue }
      cells[row * columns + column].append((x, y))
      kept.append((x, y))
    }
    return kept
  }

  /// The smaller eigenvalue of Σ ∇I ∇Iᵀ over the block, for every pixel, with Sobel gradients.
  private func smallerEigenvalues(_ image: ByteImage) -> [Float] {
    let (height, width) = (image.height, image.width)
    let count = height * width
    let scale = 1 / (4 * Float(blockSize) * 255)
    var xx = [Float](repeating: 0, count: count)
    var xy = xx
    var yy = xx
    var smooth = [Int32](repeating: 0, count: width)
    var slope = smooth
    for y in 0..<height {
      let above = reflected(y - 1, height) * width
      let below = reflected(y + 1, height) * width
      for x in 0..<width {
        let (a, b, c) = (
          Int32(image.pixels[above + x]), Int32(image.pixels[y * width + x]), Int32(image.pixels[below + x])
        )
        smooth[x] = a + 2 * b + c
        slope[x] = c - a
      }
      for x in 0..<width {
        let (left, right) = (reflected(x - 1, width), reflected(x + 1, width))
        let dx = Float(smooth[right] - smooth[left]) * scale
        let dy = Float(slope[left] + 2 * slope[x] + slope[right]) * scale
        xx[y * width + x] = dx * dx
        xy[y * width + x] = dx * dy
        yy[y * width + x] = dy * dy
      }
    }
    let (a, b, c) = (blockSums(xx, height, width), blockSums(xy, height, width), blockSums(yy, height, width))
    return (0..<count).map { index in
      let (p, r) = (a[index] * 0.5, c[index] * 0.5)
      return p + r - ((p - r) * (p - r) + b[index] * b[index]).squareRoot()
    }
  }

  /// The sum over the block around each pixel; beyond an edge pixels are mirrored.
  private func blockSums(_ values: [Float], _ height: Int, _ width: Int) -> [Float] {
    let reach = blockSize / 2
    var rows = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      for offset in -reach...reach {
        let source = reflected(y + offset, height) * width
        for x in 0..<width { rows[y * width + x] += values[source + x] }
      }
    }
    var result = [Float](repeating: 0, count: values.count)
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for offset in -reach...reach { sum += rows[y * width + reflected(x + offset, width)] }
        result[y * width + x] = sum
      }
    }
    return result
  }
}
