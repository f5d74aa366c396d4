import TensorCore

/// Clips of one size with a class each, in memory.
public struct LabeledClips: Equatable, Sendable {
  /// All values `[clip, time, height, width, channels]`, row-major.
  public let values: [Float]
  /// Frames a clip.
  public let frames: Int
  /// The size of a frame.
  public let shape: FrameShape
  /// The class of each clip, as an index into ``classNames``.
  public let labels: [Int]
  public let classNames: [String]
  /// For each clip the group that must not be torn apart by a split, such as the scene or film it is cut from.
  public let groups: [Int]
  public let unit: PhysicalUnit
  /// How many frames of each clip are its own; those after are padding.
  public let lengths: [Int]

  /// - Throws: ``DataError`` if the numbers of values, labels and groups do not fit together, a label has no
  ///   name, or a value is not finite.
  public init(
    values: [Float], frames: Int, shape: FrameShape, labels: [Int], classNames: [String], groups: [Int],
    unit: PhysicalUnit, lengths: [Int]? = nil
  ) throws {
    let lengths = lengths ?? [Int](repeating: frames, count: labels.count)
    guard frames >= 1, shape.count >= 1, !labels.isEmpty, groups.count == labels.count,
      lengths.count == labels.count, lengths.allSatisfy({ (1...max(1, frames)).contains($0) }),
      values.count == labels.count * frames * shape.count
    else {
      throw DataError(
        .wrongShape, expected: "clips of \(frames) frames of \(shape) with one label and one group each",
        received: "\(values.count) values, \(labels.count) labels, \(groups.count) groups",
        remedy: "Pass the values as [clip, time, height, width, channels].")
    }
    if let label = labels.first(where: { !classNames.indices.contains($0) }) {
      throw DataError(
        .badValue, expected: "labels in 0 ..< \(classNames.count)", received: "\(label)",
        remedy: "Name every class.")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw DataError(
        .badValue, expected: "finite values", received: "a NaN or an infinity",
        remedy: "Replace missing values before.")
    }
    self.values = values
    self.frames = frames
    self.shape = shape
    self.labels = labels
    self.classNames = classNames
    self.groups = groups
    self.unit = unit
    self.lengths = lengths
  }

  /// The number of clips.
  public var count: Int { labels.count }

  /// Some of the clips as a batch.
  ///
  /// - Throws: ``DataError`` if there is none, or no such clip.
  public func batch(_ indices: [Int]) throws -> ClipBatch {
    guard !indices.isEmpty, indices.allSatisfy(labels.indices.contains) else {
      throw DataError(
        .invalidOption, expected: "one or more clips in 0 ..< \(count)", received: "\(indices.prefix(8))",
        remedy: "Ask for clips that there are.")
    }
    let length = frames * shape.count
    let input = Tensor(
      shape: [indices.count, frames, shape.height, shape.width, shape.channels]
    ) { buffer in
      for (place, index) in indices.enumerated() {
        let clip = values[index * length..<(index + 1) * length]
        _ = UnsafeMutableBufferPointer(rebasing: buffer[place * length..<(place + 1) * length])
          .initialize(from: clip)
      }
    }
    return ClipBatch(
      input: input, labels: indices.map { labels[$0] }, classCount: classNames.count, clips: indices,
      lengths: indices.map { lengths[$0] })
  }
}

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
