import Readers
import TensorCore

/// Clips on averaged pixels: small enough that linear classifiers are fitted in seconds.
///
/// Colours are kept. Each channel has mean 0 and deviation 1 over all clips.
struct AveragedClips {
  /// The longest side, in averaged pixels.
  static let longestSide = 24
  /// Of a longer clip the last frames count.
  static let mostFrames = 32

  /// Which clips they are.
  let indices: [Int]
  let labels: [Int]
  let groups: [Int]
  let classes: Int
  let height: Int
  let width: Int
  let channels: Int
  /// Pixels of the data in one averaged pixel, along each side.
  let factor: Int
  /// For each clip its frames, `[time, height, width, channels]`. Padding is left out.
  private(set) var frames: [[Float]]

  var count: Int { labels.count }
  var frameSize: Int { height * width * channels }

  /// - Parameter most: The largest number of clips to use, evenly over the classes.
  /// - Throws: `DataError` if a clip cannot be read.
  init(_ clips: LabeledClips, most: Int = 600, seed: UInt64 = 1) throws {
    indices = Self.chosen(clips, most: most, seed: seed)
    labels = indices.map { clips.labels[$0] }
    groups = indices.map { clips.groups[$0] }
    classes = clips.classNames.count
    let shape = clips.shape
    let factor = max(1, (max(shape.height, shape.width) + Self.longestSide - 1) / Self.longestSide)
    (height, width, channels) = (max(1, shape.height / factor), max(1, shape.width / factor), shape.channels)
    self.factor = factor
    frames = []
    frames.reserveCapacity(indices.count)
    let (rows, columns) = (min(factor, shape.height), min(factor, shape.width))
    for index in indices {
      let end = clips.lengths[index]
      let start = max(0, end - Self.mostFrames)
      var averaged = [Float](repeating: 0, count: (end - start) * height * width * channels)
      try clips.batch([index]).input.withUnsafeValues { values in
        for time in start..<end {
          for row in 0..<height * rows {
            for column in 0..<width * columns {
              let from = ((time * shape.height + row) * shape.width + column) * channels
              let to = (((time - start) * height + row / rows) * width + column / columns) * channels
              for channel in 0..<channels { averaged[to + channel] += values[from + channel] }
            }
          }
        }
      }
      frames.append(averaged.map { $0 / Float(rows * columns) })
    }
    standardize()
  }

  private mutating func standardize() {
    var (sums, squares) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
    var count = 0
    for clip in frames {
      for (place, value) in clip.enumerated() {
        sums[place % channels] += Double(value)
        squares[place % channels] += Double(value) * Double(value)
      }
      count += clip.count / channels
    }
    for channel in 0..<channels {
      let mean = sums[channel] / Double(count)
      let deviation = max(0, squares[channel] / Double(count) - mean * mean).squareRoot()
      let scale = deviation > 1e-6 * abs(mean) && deviation > 0 ? Float(1 / deviation) : 0
      for clip in frames.indices {
        for place in stride(from: channel, to: frames[clip].count, by: channels) {
          frames[clip][place] = (frames[clip][place] - Float(mean)) * scale
        }
      }
    }
  }

  /// All clips, or some of each class: one of each group in turn, so that no group goes short.
  private static func chosen(_ clips: LabeledClips, most: Int, seed: UInt64) -> [Int] {
    guard clips.count > most else { return Array(0..<clips.count) }
    var random = RandomStream(seed: seed).substream("chosen clips")
    var queues: [Int: [Int]] = [:]
    for label in clips.classNames.indices {
      let members = clips.labels.indices.filter { clips.labels[$0] == label }
      let order = random.permutation(members.count).map { members[$0] }
      var turns: [Int: Int] = [:]
      queues[label] = order.map { index -> (turn: Int, index: Int) in
        turns[clips.groups[index], default: 0] += 1
        return (turns[clips.groups[index]] ?? 0, index)
      }.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }.map(\.index)
    }
    let share = Double(most) / Double(clips.count)
    return queues.values.flatMap { queue in
      queue.prefix(max(2, Int((share * Double(queue.count)).rounded())))
    }.sorted()
  }
}
