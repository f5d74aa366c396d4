import Readers
import TensorCore

/// Clips as a classifier takes them.
public struct ClipBatch: Sendable {
  /// `[batch, time, height, width, channels]`
  public let input: Tensor
  /// The class of each clip.
  public let labels: [Int]
  public let classCount: Int
  /// Which clips they are.
  public let clips: [Int]
  /// How many frames of each are its own; those after are padding.
  public let lengths: [Int]

  /// 1 for a frame of the clip, 0 for padding, `[batch, time]`.
  public var frameMask: Tensor {
    let frames = input.shape[1]
    return Tensor(
      lengths.flatMap { length in (0..<frames).map { $0 < length ? 1 : 0 } }, shape: [lengths.count, frames])
  }

  /// The labels as numbers, `[batch]`, for sparse categorical cross-entropy.
  public var sparseLabels: Tensor { Tensor(labels.map(Float.init), shape: [labels.count]) }

  /// One for the class of the clip, zero for the others, `[batch, class]`.
  public var oneHotLabels: Tensor {
    var values = [Float](repeating: 0, count: labels.count * classCount)
    for (row, label) in labels.enumerated() { values[row * classCount + label] = 1 }
    return Tensor(values, shape: [labels.count, classCount])
  }
}

extension LabeledClips {
  /// Some of the clips as a batch.
  ///
  /// - Throws: `DataError` if there is none, no such clip, or one that cannot be read.
  public func batch(_ indices: [Int]) throws -> ClipBatch {
    guard !indices.isEmpty, indices.allSatisfy(labels.indices.contains) else {
      throw DataError(
        .invalidOption, expected: "one or more clips in 0 ..< \(count)", received: "\(indices.prefix(8))",
        remedy: "Ask for clips that there are.")
    }
    let shape: Shape = [indices.count, frames, shape.height, shape.width, shape.channels]
    let length = frames * self.shape.count
    let input: Tensor
    if let flat = store as? FlatClips {
      input = Tensor(shape: shape) { buffer in
        for (place, index) in indices.enumerated() {
          let clip = flat.values[index * length..<(index + 1) * length]
          _ = UnsafeMutableBufferPointer(rebasing: buffer[place * length..<(place + 1) * length])
            .initialize(from: clip)
        }
      }
    } else {
      var values: [Float] = []
      values.reserveCapacity(indices.count * length)
      for index in indices {
        for time in 0..<frames { try store.append(frame: time, of: index, to: &values) }
      }
      input = Tensor(values, shape: shape)
    }
    return ClipBatch(
      input: input, labels: indices.map { labels[$0] }, classCount: classNames.count, clips: indices,
      lengths: indices.map { lengths[$0] })
  }
}
