import Foundation

/// Gathers clips of one size, in memory as long as they fit, and makes them equally long.
struct ClipCollector {
  private struct Note {
    let label: String
    let group: String?
  }

  private let options: DataOptions
  private let skipped: SkipLog?
  private var clips: [GatheredClips.Clip] = []
  private var notes: [Note] = []
  private var shape: FrameShape?
  private var unit = PhysicalUnit.brightness
  private var bytes = 0
  private let limit: Int
  /// Whether all clips so far are in memory.
  private var holds = true

  init(options: DataOptions, skipped: SkipLog?) {
    self.options = options
    self.skipped = skipped
    limit =
      options.clipMemory.map { Int($0 * 1_048_576) }
      ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
  }

  /// Reads one clip; under `skipBad` one that cannot be read is noted and left out.
  ///
  /// - Throws: ``DataError`` if it cannot be read or differs in size.
  mutating func add(
    _ name: String, label: String, group: String?, _ open: @escaping @Sendable () throws -> any FrameSource
  ) throws {
    do { try append(name, label, group, open) } catch let error as DataError {
      guard let skipped, error.kind != .invalidOption else { throw error }
      skipped.add(error)
    }
  }

  private mutating func append(
    _ name: String, _ label: String, _ group: String?,
    _ open: @escaping @Sendable () throws -> any FrameSource
  ) throws {
    let reopen = { @Sendable [options] in try TransformedSource.applying(options, to: open()) }
    let source = try reopen()
    if let shape, shape != source.shape {
      throw DataError(
        .wrongShape, file: name,
        expected: "frames of \(shape) (height × width × channels) like the first clip",
        received: "\(source.shape)", remedy: "Pass --size HEIGHTxWIDTH, and --grey if only colours differ.")
    }
    if let wanted = options.clipFrames, options.clipPadding == nil, source.count < wanted {
      throw DataError(
        .tooFewFrames, file: name, expected: "at least \(wanted) frames", received: "\(source.count)",
        remedy:
          "Ask for fewer by --clip-frames, fill clips up with --clip-padding, or leave short ones out with --skip-bad."
      )
    }
    let needed =
      options.clipFrames.map {
        GatheredClips.needed(policy($0).samples(length: source.count, frames: $0))
      } ?? 0..<source.count
    bytes += 4 * needed.count * source.shape.count
    if holds, bytes > limit {
      holds = false
      for index in clips.indices { clips[index].values = nil }
    }
    // What is not kept is read all the same where damage must be found out now.
    let values = holds || skipped != nil ? try GatheredClips.values(of: source, needed) : nil
    shape = source.shape
    unit = source.unit
    clips.append(
      .init(
        name: name, frames: source.count, needed: needed, values: holds ? values : nil, open: reopen))
    notes.append(Note(label: label, group: group))
  }

  /// All clips, made equally long as the options say.
  ///
  /// - Throws: ``DataError`` if there is none.
  func labeledClips(_ folder: URL) throws -> LabeledClips {
    let length = options.clipLength ?? .shortest
    guard let shape, let frames = options.clipFrames ?? length.frames(of: clips.map(\.frames)) else {
      throw DataError(
        .noFrames, file: folder.path, expected: "at least one clip that can be read",
        received: skipped.map { "\($0.count) that cannot" } ?? "none",
        remedy: skipped?.reasons.first?.description ?? "Point at the folder that holds the clips.")
    }
    let classes = Set(notes.map(\.label)).sorted(by: NaturalOrder.isBefore)
    let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    let groups = try groups()
    let policy = policy(frames)
    var clips = clips
    var samples: [GatheredClips.Sample] = []
    var names: [String] = []
    for (index, clip) in clips.enumerated() {
      let parts = policy.samples(length: clip.frames, frames: frames)
      samples += parts.map { .init(clip: index, places: $0) }
      clips[index].keep(GatheredClips.needed(parts), frameSize: shape.count)
      names += parts.count == 1 ? [clip.name] : parts.indices.map { "\(clip.name)#\($0 + 1)" }
    }
    return try LabeledClips(
      store: GatheredClips(clips, samples: samples, shape: shape), frames: frames, shape: shape,
      labels: samples.map { numbers[notes[$0.clip].label] ?? 0 }, classNames: classes,
      groups: samples.map { groups[$0.clip] }, unit: unit,
      lengths: samples.map { min(clips[$0.clip].frames, frames) }, names: names)
  }

  private func policy(_ frames: Int) -> ClipLengthPolicy {
    ClipLengthPolicy(
      frames: frames, padding: options.clipPadding ?? .lastFrame, cropping: options.clipPart ?? .middle)
  }

  /// The group of each clip: a table's, or what the names tell.
  private func groups() throws -> [Int] {
    if notes.contains(where: { $0.group != nil }) {
      return try ClipGroups.numbers(zip(clips, notes).map { $1.group ?? $0.name }, pattern: "(.+)")
    }
    // The usual rules look at names of files, a pattern at folders too.
    let names = clips.map { ($0.name as NSString).deletingPathExtension }
    return try ClipGroups.numbers(
      options.groupPattern == nil ? names.map { ($0 as NSString).lastPathComponent } : names,
      pattern: options.groupPattern)
  }
}
