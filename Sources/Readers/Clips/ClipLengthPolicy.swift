/// How clips of different lengths become clips of one.
public struct ClipLengthPolicy: Equatable, Codable, Sendable {
  /// What fills a clip that is too short.
  public enum Padding: String, CaseIterable, Codable, Sendable {
    /// Frames of zeros at the end.
    case zeros
    /// The last frame again.
    case lastFrame = "last-frame"
    /// The clip again from its start.
    case loop
  }

  /// What remains of a clip that is too long.
  public enum Cropping: String, CaseIterable, Codable, Sendable {
    case start, middle, end
    /// Frames evenly over the whole clip.
    case even
    /// All of it: one stretch after the other, each a clip of its own. What is left at the end is dropped.
    case windows
  }

  /// Frames of every clip afterwards; `nil` takes the median of all lengths.
  public var frames: Int?
  public var padding = Padding.lastFrame
  public var cropping = Cropping.middle

  public init(frames: Int? = nil, padding: Padding = .lastFrame, cropping: Cropping = .middle) {
    self.frames = frames
    self.padding = padding
    self.cropping = cropping
  }

  /// For each frame of the result the frame of a clip that stands there; `nil` is a frame of zeros.
  public func places(length: Int, frames: Int) -> [Int?] {
    guard length < frames else {
      return (0..<frames).map { index in
        switch cropping {
        case .start, .windows: index
        case .middle: (length - frames) / 2 + index
        case .end: length - frames + index
        case .even: (2 * index + 1) * length / (2 * frames)
        }
      }
    }
    return (0..<frames).map { index in
      if index < length { return index }
      return switch padding {
      case .zeros: nil
      case .lastFrame: length - 1
      case .loop: index % length
      }
    }
  }

  /// As ``places(length:frames:)``, for each of the clips that one of `length` frames becomes: one, or with
  /// ``Cropping/windows`` as many as fit into it.
  public func samples(length: Int, frames: Int) -> [[Int?]] {
    guard cropping == .windows, length > frames else { return [places(length: length, frames: frames)] }
    return (0..<length / frames).map { window in (0..<frames).map { window * frames + $0 } }
  }
}

extension LabeledClips {
  /// Clips of different lengths brought to one.
  ///
  /// Frames that padding put in are known by ``lengths`` and by `ClipBatch/frameMask`.
  ///
  /// - Parameters:
  ///   - clips: The values of each, `[time, height, width, channels]`.
  ///   - shape: The size of every frame.
  ///   - labels: The class of each clip.
  ///   - classNames: The names of the classes, by index.
  ///   - groups: The group of each clip, where there are groups.
  ///   - unit: What the values mean.
  ///   - policy: What is done with lengths that differ.
  /// - Throws: ``DataError`` if a clip holds no whole number of frames, or as the other initialiser does.
  public init(
    clips: [[Float]], shape: FrameShape, labels: [Int], classNames: [String], groups: [Int],
    unit: PhysicalUnit, policy: ClipLengthPolicy
  ) throws {
    let size = shape.count
    guard size >= 1, !clips.isEmpty, clips.allSatisfy({ !$0.isEmpty && $0.count % size == 0 }) else {
      throw DataError(
        .wrongShape, expected: "clips of one frame of \(shape) or more",
        received: clips.isEmpty
          ? "no clip" : "a clip of \(clips.first { $0.count % size != 0 }?.count ?? 0) values",
        remedy: "Resize the frames alike.")
    }
    let lengths = clips.map { $0.count / size }
    let frames = policy.frames ?? lengths.sorted()[lengths.count / 2]
    guard frames >= 1, frames <= 100_000 else {
      throw DataError(
        .invalidOption, expected: "1 to 100,000 frames a clip", received: "\(frames)",
        remedy: "Choose such a number.")
    }
    guard labels.count == clips.count, groups.count == clips.count else {
      throw DataError(
        .wrongShape, expected: "a label and a group for each of \(clips.count) clips",
        received: "\(labels.count) labels and \(groups.count) groups", remedy: "Name those of every clip.")
    }
    var values: [Float] = []
    values.reserveCapacity(clips.count * frames * size)
    var origins: [Int] = []
    for (number, clip) in clips.enumerated() {
      for places in policy.samples(length: lengths[number], frames: frames) {
        origins.append(number)
        for place in places {
          if let place {
            values += clip[place * size..<(place + 1) * size]
          } else {
            values += repeatElement(0, count: size)
          }
        }
      }
    }
    try self.init(
      values: values, frames: frames, shape: shape, labels: origins.map { labels[$0] },
      classNames: classNames, groups: origins.map { groups[$0] }, unit: unit,
      lengths: origins.map { min(lengths[$0], frames) })
  }

  /// The same clips with other groups: one for each clip, named by a column of a table for example.
  ///
  /// - Throws: ``DataError`` if there is not one name for each clip.
  public func grouped(by names: [String]) throws -> LabeledClips {
    guard names.count == count else {
      throw DataError(
        .invalidOption, expected: "a group for each of the \(count) clips", received: "\(names.count)",
        remedy: "Name the group of every clip.")
    }
    var numbers: [String: Int] = [:]
    let groups = names.map { name in
      let number = numbers[name] ?? numbers.count
      numbers[name] = number
      return number
    }
    return try LabeledClips(
      store: store, frames: frames, shape: shape, labels: labels, classNames: classNames, groups: groups,
      unit: unit, lengths: lengths, names: self.names)
  }

  /// The same clips, each a group of its own: for clips that have nothing in common.
  public func groupedByClip() throws -> LabeledClips { try grouped(by: (0..<count).map { "\($0)" }) }
}
