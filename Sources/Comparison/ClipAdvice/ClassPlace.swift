/// Where in the frame the classes differ: one of 3 × 3 cells.
package enum ClassPlace: String, CaseIterable, Codable, Sendable {
  case upperLeft = "upper left"
  case upper = "upper middle"
  case upperRight = "upper right"
  case left, middle, right
  case lowerLeft = "lower left"
  case lower = "lower middle"
  case lowerRight = "lower right"

  /// The cell with more than three tenths of the variance between the classes, of the mean frame and of the changes from
  /// frame to frame; nil where there is none.
  init?(_ clips: AveragedClips) {
    let size = clips.frameSize
    var sums = [[Double]](repeating: .init(repeating: 0, count: 2 * size), count: clips.classes)
    var squares = [Double](repeating: 0, count: 2 * size)
    var (total, counts) = (squares, [Double](repeating: 0, count: clips.classes))
    for (label, values) in zip(clips.labels, clips.frames) {
      let times = values.count / size
      var features = [Double](repeating: 0, count: 2 * size)
      for place in values.indices {
        features[place % size] += Double(values[place]) / Double(times)
        guard place >= size else { continue }
        features[size + place % size] += abs(Double(values[place] - values[place - size])) / Double(times)
      }
      counts[label] += 1
      for place in features.indices {
        sums[label][place] += features[place]
        total[place] += features[place]
        squares[place] += features[place] * features[place]
      }
    }
    let all = Double(clips.count)
    var cells = [Double](repeating: 0, count: Self.allCases.count)
    for place in squares.indices {
      let mean = total[place] / all
      var between = 0.0
      for label in counts.indices where counts[label] > 0 {
        let difference = sums[label][place] / counts[label] - mean
        between += counts[label] / all * difference * difference
      }
      let within = squares[place] / all - mean * mean - between
      // What chance alone puts between classes is taken off.
      let excess = between - max(within, 0) * Double(clips.classes - 1) / max(all - Double(clips.classes), 1)
      let pixel = place % size / clips.channels
      let (row, column) = (pixel / clips.width, pixel % clips.width)
      cells[row * 3 / clips.height * 3 + column * 3 / clips.width] += max(excess, 0)
    }
    let sum = cells.reduce(0, +)
    guard sum > 0, let first = cells.indices.max(by: { cells[$0] < cells[$1] }), cells[first] > 0.3 * sum
    else { return nil }
    self = Self.allCases[first]
  }
}
