/// Correlations between two frames for all shifts in a small neighbourhood.
struct FrameCorrelations {
  /// Cells along each side.
  static let cells = 3

  let height: Int
  let width: Int
  let channels: Int
  let radius: Int

  init(height: Int, width: Int, channels: Int, radius: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
    self.radius = max(0, min(radius, min(height, width) / 3))
  }

  var side: Int { 2 * radius + 1 }
  /// Shifts, row by row from (−radius, −radius).
  var shifts: Int { side * side }

  /// Adds Σ a(p) b(p + d) for each shift d and each cell of p to `[shift, cell]`. Frames are `[height, width, channels]`.
  func add(
    _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, to sums: inout [Float]
  ) {
    let cells = Self.cells
    for rowShift in -radius...radius {
      for columnShift in -radius...radius {
        let shift = (rowShift + radius) * side + columnShift + radius
        for row in max(0, -rowShift)..<min(height, height - rowShift) {
          let cellRow = row * cells / height
          for cellColumn in 0..<cells {
            let first = max((cellColumn * width + cells - 1) / cells, -columnShift, 0)
            let last = min(((cellColumn + 1) * width + cells - 1) / cells, width - columnShift, width)
            guard first < last else { continue }
            let from = (row * width + first) * channels
            let to = ((row + rowShift) * width + first + columnShift) * channels
            var sum: Float = 0
            for place in 0..<(last - first) * channels { sum += a[from + place] * b[to + place] }
            sums[shift * cells * cells + cellRow * cells + cellColumn] += sum
          }
        }
      }
    }
  }

  /// The sum over cells, `[shift]`.
  func overall(_ sums: [Float]) -> [Float] {
    let cells = Self.cells * Self.cells
    return (0..<shifts).map { shift in sums[shift * cells..<(shift + 1) * cells].reduce(0, +) }
  }

  /// Even and odd parts in the shift, for all shifts in half of the plane: the odd part is motion in one direction.
  func parts(_ values: [Float]) -> [Float] {
    (0...shifts / 2).flatMap { shift in
      let opposite = values[shifts - 1 - shift]
      return [values[shift] + opposite, values[shift] - opposite]
    }
  }

  /// The centre of the peak as (rows, columns): the mean shift, weighted by high powers of positive correlation.
  func peak(_ values: [Float]) -> (rows: Float, columns: Float) {
    let highest = values.max() ?? 0
    guard highest > 0 else { return (0, 0) }
    var (weights, rows, columns): (Float, Float, Float) = (0, 0, 0)
    for (shift, value) in values.enumerated() where value > 0 {
      let ratio = value / highest
      let squared = ratio * ratio
      let weight = squared * squared * squared * squared
      weights += weight
      rows += weight * Float(shift / side - radius)
      columns += weight * Float(shift % side - radius)
    }
    return (rows / weights, columns / weights)
  }
}
