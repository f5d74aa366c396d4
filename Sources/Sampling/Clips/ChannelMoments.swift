import Readers
import TensorCore

/// Mean and standard deviation of each channel over clips.
public struct ChannelMoments: Hashable, Codable, Sendable {
  public let means: [Float]
  /// Positive: a channel that never changes has deviation 1.
  public let deviations: [Float]

  /// Of clips of the training part, and nothing else; of at most `limit` of them, evenly chosen.
  ///
  /// - Throws: `DataError` if there is no such clip.
  public init(of clips: LabeledClips, _ indices: [Int], limit: Int = 500) throws {
    let channels = clips.shape.channels
    var sums = [Double](repeating: 0, count: channels)
    var (squares, count) = (sums, 0)
    let step = max(1, (indices.count + limit - 1) / max(1, limit))
    for index in stride(from: 0, to: indices.count, by: step) {
      let input = try clips.batch([indices[index]]).input
      input.withUnsafeValues { values in
        for place in values.indices {
          let value = Double(values[place])
          sums[place % channels] += value
          squares[place % channels] += value * value
        }
      }
      count += input.count / channels
    }
    guard count > 0 else {
      throw DataError(
        .noFrames, expected: "clips to take mean and deviation of", received: "none",
        remedy: "Give at least one clip to the training part.")
    }
    means = sums.map { Float($0 / Double(count)) }
    deviations = zip(sums, squares).map { sum, square in
      let mean = sum / Double(count)
      let deviation = max(0, square / Double(count) - mean * mean).squareRoot()
      return deviation > 1e-6 * abs(mean) && deviation > 0 ? Float(deviation) : 1
    }
  }
}
