/// A dense field from scattered vectors: for each pixel the mean of its nearest vectors, weighted by
/// (distance + offset)^(−1/2).
struct InverseDistanceInterpolation {
  /// How many of the nearest vectors count.
  var neighbours = 20
  /// Added to distances, in pixels.
  var offset: Float = 0.5

  /// Pixels in a square of this side share their candidates.
  private static let block = 8

  func field(of vectors: [MotionVector], height: Int, width: Int) -> MotionField {
    let count = min(neighbours, vectors.count)
    guard count > 0 else { return .uniform(height: height, width: width, dx: 0, dy: 0) }
    var dx = [Float](repeating: 0, count: height * width)
    var dy = dx
    let side = Self.block
    let reach = Float(side - 1) / 2 * Float(2).squareRoot()
    var distances = [Float](repeating: 0, count: vectors.count)
    var candidates: [Int] = []
    var heap: [Float] = []
    var squares = [Float](repeating: 0, count: vectors.count)
    for top in stride(from: 0, to: height, by: side) {
      for left in stride(from: 0, to: width, by: side) {
        let (centreX, centreY) = (Float(left) + Float(side - 1) / 2, Float(top) + Float(side - 1) / 2)
        for (index, vector) in vectors.enumerated() {
          let (x, y) = (vector.x - centreX, vector.y - centreY)
          distances[index] = (x * x + y * y).squareRoot()
        }
        // No pixel of the square has a farther neighbour among its nearest than this.
        let limit = Self.smallest(count, of: distances, distances.count, &heap) + 2 * reach + 1e-3
        candidates.removeAll(keepingCapacity: true)
        for index in distances.indices where distances[index] <= limit { candidates.append(index) }
        for y in top..<min(top + side, height) {
          for x in left..<min(left + side, width) {
            for (place, index) in candidates.enumerated() {
              let (a, b) = (vectors[index].x - Float(x), vectors[index].y - Float(y))
              squares[place] = a * a + b * b
            }
            let farthest =
              candidates.count > count
              ? Self.smallest(count, of: squares, candidates.count, &heap) : Float.infinity
            var (sumX, sumY, weights) = (Float(0), Float(0), Float(0))
            for (place, index) in candidates.enumerated() where squares[place] <= farthest {
              let weight = 1 / (squares[place].squareRoot() + offset).squareRoot()
              sumX += weight * vectors[index].dx
              sumY += weight * vectors[index].dy
              weights += weight
            }
            dx[y * width + x] = sumX / weights
            dy[y * width + x] = sumY / weights
          }
        }
      }
    }
    return MotionField(height: height, width: width, checked: dx, dy)
  }

  /// The `count`-th smallest of the first `total` values. The largest kept so far comes first in `kept`.
  private static func smallest(
    _ count: Int, of values: [Float], _ total: Int, _ kept: inout [Float]
  ) -> Float {
    kept.removeAll(keepingCapacity: true)
    kept.append(contentsOf: values[..<count])
    kept.sort(by: >)
    return kept.withUnsafeMutableBufferPointer { kept in
      values.withUnsafeBufferPointer { values in
        for index in count..<total where values[index] < kept[0] {
          let value = values[index]
          var place = 0
          while place + 1 < count, kept[place + 1] > value {
            kept[place] = kept[place + 1]
            place += 1
          }
          kept[place] = value
        }
        return kept[0]
      }
    }
  }
}
