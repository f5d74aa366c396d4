import Foundation
import VideoFiles

/// Gathers clips of one size into memory, and makes them equally long.
struct ClipCollector {
  private let options: DataOptions
  private let skipped: SkipLog?
  private var clips: [(name: String, label: String, group: String?, values: [Float], frames: Int)] = []
  private var shape: FrameShape?
  private var unit = PhysicalUnit.brightness
  private var bytes = 0

  init(options: DataOptions, skipped: SkipLog?) {
    self.options = options
    self.skipped = skipped
  }

  /// Reads one clip; under `skipBad` one that cannot be read is noted and left out.
  ///
  /// - Throws: ``DataError`` if it cannot be read, differs in size, or memory would run out.
  mutating func add(
    _ name: String, label: String, group: String?, _ open: () throws -> any FrameSource
  ) throws {
    do { try append(name, label, group, open()) } catch let error as DataError {
      guard let skipped, error.kind != .invalidOption else { throw error }
      skipped.add(error)
    }
  }

  private mutating func append(
    _ name: String, _ label: String, _ group: String?, _ opened: any FrameSource
  ) throws {
    let source = try TransformedSource.applying(options, to: opened)
    if let shape, shape != source.shape {
      throw DataError(
        .wrongShape, file: name,
        expected: "frames of \(shape) (height × width × channels) like the first clip",
        received: "\(source.shape)", remedy: "Pass --size HEIGHTxWIDTH, and --grey if only colours differ.")
    }
    if let wanted = options.clipFrames, source.count < wanted {
      throw DataError(
        .tooFewFrames, file: name, expected: "at least \(wanted) frames", received: "\(source.count)",
        remedy: "Ask for fewer by --clip-frames, or leave short clips out with --skip-bad.")
    }
    let range = Self.middle(of: source.count, options.clipFrames ?? source.count)
    bytes += 4 * range.count * source.shape.count
    let limit = Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    guard bytes <= limit else {
      throw DataError(
        .invalidOption, file: name, expected: "clips that fit into half of the memory (\(limit >> 20) MiB)",
        received: "more from clip \(clips.count + 1) on",
        remedy: "Pass --size, --grey, --stride, --frame-rate or --clip-frames to make them smaller.")
    }
    var values: [Float] = []
    values.reserveCapacity(range.count * source.shape.count)
    for index in range { values += try source.frame(at: index).values }
    shape = source.shape
    unit = source.unit
    clips.append((name, label, group, values, range.count))
  }

  /// `length` of `count` frames, as many left out before as behind.
  static func middle(of count: Int, _ length: Int) -> Range<Int> {
    let start = (count - length) / 2
    return start..<start + length
  }

  /// All clips, as long as the shortest: of longer ones the middle part.
  ///
  /// - Throws: ``DataError`` if there is none, or fewer than two classes.
  func labeledClips(_ folder: URL) throws -> LabeledClips {
    guard let shape, let frames = clips.map(\.frames).min() else {
      throw DataError(
        .noFrames, file: folder.path, expected: "at least one clip that can be read",
        received: skipped.map { "\($0.count) that cannot" } ?? "none",
        remedy: skipped?.reasons.first?.description ?? "Point at the folder that holds the clips.")
    }
    let names = Set(clips.map(\.label)).sorted(by: NaturalOrder.isBefore)
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    var values: [Float] = []
    values.reserveCapacity(clips.count * frames * shape.count)
    for clip in clips {
      let part = Self.middle(of: clip.frames, frames)
      values += clip.values[part.lowerBound * shape.count..<part.upperBound * shape.count]
    }
    let groups: [Int]
    if clips.contains(where: { $0.group != nil }) {
      groups = try ClipGroups.numbers(clips.map { $0.group ?? $0.name }, pattern: "(.+)")
    } else {
      // The usual rules look at names of files, a pattern at folders too.
      let names = clips.map { ($0.name as NSString).deletingPathExtension }
      groups = try ClipGroups.numbers(
        options.groupPattern == nil ? names.map { ($0 as NSString).lastPathComponent } : names,
        pattern: options.groupPattern)
    }
    return try LabeledClips(
      values: values, frames: frames, shape: shape, labels: clips.map { numbers[$0.label] ?? 0 },
      classNames: names, groups: groups, unit: unit)
  }
}
