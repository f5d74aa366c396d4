import Foundation

/// Clips of one size with a class each: in memory, or read from their files when they are asked for.
public struct LabeledClips: Sendable {
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
  /// What each clip is called, such as its path below the folder of the data; `nil` where clips have numbers only.
  public let names: [String]?
  package let store: any ClipStore

  /// Clips in memory.
  ///
  /// - Parameters:
  ///   - values: All values `[clip, time, height, width, channels]`, row-major.
  ///   - frames: Frames a clip.
  ///   - shape: The size of every frame.
  ///   - labels: The class of each clip.
  ///   - classNames: The names of the classes, by index.
  ///   - groups: The group of each clip.
  ///   - unit: What the values mean.
  ///   - lengths: How many frames of each clip are its own; all of them by default.
  ///   - names: What each clip is called.
  /// - Throws: ``DataError`` if the numbers of values, labels and groups do not fit together, a label has no
  ///   name, or a value is not finite.
  public init(
    values: [Float], frames: Int, shape: FrameShape, labels: [Int], classNames: [String], groups: [Int],
    unit: PhysicalUnit, lengths: [Int]? = nil, names: [String]? = nil
  ) throws {
    guard values.count == labels.count * frames * shape.count else {
      throw Self.misfit(frames, shape, "\(values.count) values, \(labels.count) labels")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw DataError(
        .badValue, expected: "finite values", received: "a NaN or an infinity",
        remedy: "Replace missing values before.")
    }
    try self.init(
      store: FlatClips(values: values, frames: frames, frameSize: shape.count), frames: frames, shape: shape,
      labels: labels, classNames: classNames, groups: groups, unit: unit, lengths: lengths, names: names)
  }

  /// Clips wherever they lie.
  init(
    store: any ClipStore, frames: Int, shape: FrameShape, labels: [Int], classNames: [String],
    groups: [Int], unit: PhysicalUnit, lengths: [Int]?, names: [String]?
  ) throws {
    let lengths = lengths ?? [Int](repeating: frames, count: labels.count)
    guard frames >= 1, shape.count >= 1, !labels.isEmpty, groups.count == labels.count,
      lengths.count == labels.count, lengths.allSatisfy({ (1...max(1, frames)).contains($0) }),
      names.map({ $0.count == labels.count }) ?? true
    else {
      throw Self.misfit(
        frames, shape, "\(labels.count) labels, \(groups.count) groups, \(lengths.count) lengths")
    }
    if let label = labels.first(where: { !classNames.indices.contains($0) }) {
      throw DataError(
        .badValue, expected: "labels in 0 ..< \(classNames.count)", received: "\(label)",
        remedy: "Name every class.")
    }
    self.store = store
    self.frames = frames
    self.shape = shape
    self.labels = labels
    self.classNames = classNames
    self.groups = groups
    self.unit = unit
    self.lengths = lengths
    self.names = names
  }

  private static func misfit(_ frames: Int, _ shape: FrameShape, _ received: String) -> DataError {
    DataError(
      .wrongShape, expected: "clips of \(frames) frames of \(shape) with one label and one group each",
      received: received, remedy: "Pass the values as [clip, time, height, width, channels].")
  }

  /// The number of clips.
  public var count: Int { labels.count }

  /// What a clip is called: its name, or else its number.
  public func name(of clip: Int) -> String { names?[clip] ?? "\(clip)" }

  /// Whether all values are in memory; others are read when they are asked for.
  public var isInMemory: Bool { store is FlatClips || (store as? GatheredClips)?.isInMemory == true }

  /// All values `[clip, time, height, width, channels]`, row-major, read into memory if they are not there.
  ///
  /// - Throws: ``DataError`` if a clip cannot be read.
  public var values: [Float] {
    get throws {
      if let flat = store as? FlatClips { return flat.values }
      var values: [Float] = []
      values.reserveCapacity(count * frames * shape.count)
      for clip in 0..<count {
        for time in 0..<frames { try store.append(frame: time, of: clip, to: &values) }
      }
      return values
    }
  }

  /// The same clips behind a memory-mapped file in a folder: what is decoded once is found there in later epochs and
  /// runs. Clips that are in memory stay there.
  ///
  /// - Parameters:
  ///   - key: What the cache is known by: the files and all options.
  ///   - folder: Where the file lies; as large as all values with a byte for each beside.
  /// - Throws: ``DataError`` if the folder cannot be written or has no room.
  public func cached(key: CacheKey, in folder: URL) throws -> LabeledClips {
    guard !isInMemory, !(store is MappedClips) else { return self }
    let source = ClipFrames(store: store, clips: count, frames: frames, shape: shape, unit: unit)
    let cache = try MappedCache(source, key: key, in: folder)
    return try LabeledClips(
      store: MappedClips(cache: cache, frames: frames), frames: frames, shape: shape, labels: labels,
      classNames: classNames, groups: groups, unit: unit, lengths: lengths, names: names)
  }

  /// Each clip as a sequence of frames.
  func sources() -> [any FrameSource] {
    let all = ClipFrames(store: store, clips: count, frames: frames, shape: shape, unit: unit)
    return (0..<count).map { FrameSlice(base: all, range: $0 * frames..<($0 + 1) * frames) }
  }
}

extension LabeledClips: Equatable {
  /// Equal are clips of equal values if both are in memory as one array; others only if they lie at one place.
  public static func == (a: LabeledClips, b: LabeledClips) -> Bool {
    guard a.frames == b.frames, a.shape == b.shape, a.labels == b.labels, a.classNames == b.classNames,
      a.groups == b.groups, a.unit == b.unit, a.lengths == b.lengths, a.names == b.names
    else { return false }
    switch (a.store, b.store) {
    case (let a as FlatClips, let b as FlatClips): return a.values == b.values
    case (let a as GatheredClips, let b as GatheredClips): return a === b
    case (let a as MappedClips, let b as MappedClips): return a.cache === b.cache
    default: return false
    }
  }
}
