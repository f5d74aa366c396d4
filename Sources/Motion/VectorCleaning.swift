/// Makes a set of displacements that features gave fit for interpolation.
enum VectorCleaning {
  /// Leaves out vectors that differ from those around them: the Mahalanobis distance from the mean of the
  /// nearest `neighbours` is above `deviations`.
  static func withoutOutliers(
    _ vectors: [MotionVector], neighbours: Int, deviations: Double
  ) -> [MotionVector] {
    guard vectors.count > 2 else { return vectors }
    let count = min(neighbours, vectors.count - 1)
    var nearest = NearestPoints(capacity: count)
    return vectors.indices.compactMap { index in
      let vector = vectors[index]
      nearest.reset()
      for other in vectors.indices where other != index {
        let (x, y) = (vectors[other].x - vector.x, vectors[other].y - vector.y)
        nearest.offer(x * x + y * y, other)
      }
      let around = nearest.points.map { vectors[$0] }
      return distance(vector, from: around) > deviations ? nil : vector
    }
  }

  private static func distance(_ vector: MotionVector, from others: [MotionVector]) -> Double {
    let n = Double(others.count)
    let meanX = others.reduce(0) { $0 + Double($1.dx) } / n
    let meanY = others.reduce(0) { $0 + Double($1.dy) } / n
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for other in others {
      let (x, y) = (Double(other.dx) - meanX, Double(other.dy) - meanY)
      xx += x * x
      xy += x * y
      yy += y * y
    }
    (xx, xy, yy) = (xx / (n - 1), xy / (n - 1), yy / (n - 1))
    let determinant = xx * yy - xy * xy
    // Neighbours on a line or all alike have no distance to be far from.
    guard determinant > 1e-12 * (xx + yy) * (xx + yy), determinant > 0 else { return 0 }
    let (x, y) = (Double(vector.dx) - meanX, Double(vector.dy) - meanY)
    return ((yy * x * x - 2 * xy * x * y + xx * y * y) / determinant).squareRoot()
  }

  /// One vector for each square of side `scale`: the medians of place and displacement.
  static func declustered(_ vectors: [MotionVector], scale: Float) -> [MotionVector] {
    struct Cell: Hashable, Comparable {
      let x: Int
      let y: Int
      static func < (a: Cell, b: Cell) -> Bool { (a.x, a.y) < (b.x, b.y) }
    }
    let cells = Dictionary(grouping: vectors) { vector in
      Cell(x: Int((vector.x / scale).rounded(.down)), y: Int((vector.y / scale).rounded(.down)))
    }
    return cells.sorted { $0.key < $1.key }.map { _, members in
      MotionVector(
        x: median(members.map(\.x)), y: median(members.map(\.y)), dx: median(members.map(\.dx)),
        dy: median(members.map(\.dy)))
    }
  }

  private static func median(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

/// The nearest few of many points, kept sorted while they are offered.
struct NearestPoints {
  private(set) var distances: [Float]
  private(set) var points: [Int]
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    distances = []
    points = []
    distances.reserveCapacity(capacity + 1)
    points.reserveCapacity(capacity + 1)
  }

  mutating func reset() {
    distances.removeAll(keepingCapacity: true)
    points.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func offer(_ distance: Float, _ point: Int) {
    if distances.count == capacity {
      guard let last = distances.last, distance < last else { return }
      distances.removeLast()
      points.removeLast()
    }
    var place = distances.count
    distances.append(distance)
    points.append(point)
    while place > 0, distances[place - 1] > distance {
      distances[place] = distances[place - 1]
      points[place] = points[place - 1]
      place -= 1
    }
    distances[place] = distance
    points[place] = point
  }
}
