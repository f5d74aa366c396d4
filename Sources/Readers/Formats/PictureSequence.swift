import Foundation

/// Pictures of one size, a frame each, in the order of their times or, without times, of their names.
struct PictureSequence: FrameSource {
  let files: [URL]
  let shape: FrameShape
  let timestamps: [Date]?
  let nominalStep: Double?
  let unit: PhysicalUnit
  private let reading: PictureReading
  private let skipped: SkipLog?

  /// - Parameters:
  ///   - files: In natural order, at least one.
  ///   - skipped: Where damaged pictures are noted, which then are missing all over; without it they are errors.
  /// - Throws: ``DataError`` if the first readable picture is damaged, or a name lacks the declared time.
  init(_ files: [URL], options: DataOptions, skipped: SkipLog?) throws {
    reading = PictureReading(options)
    self.skipped = skipped
    unit = reading.unit.frameUnit
    var files = files
    let names = files.map(\.lastPathComponent)
    if let text = options.timePattern {
      let pattern = try TimePattern(text)
      let dated = try files.compactMap { file -> (URL, Date)? in
        if let time = pattern.date(in: file.lastPathComponent) { return (file, time) }
        let error = DataError(
          .badValue, file: file.path, expected: "a time as in “\(text)” in the name",
          received: file.lastPathComponent, remedy: "Change the pattern, or move the file away.")
        guard let skipped else { throw error }
        skipped.add(error)
        return nil
      }.sorted { ($0.1, $0.0.path) < ($1.1, $1.0.path) }
      if let (a, b) = zip(dated, dated.dropFirst()).first(where: { $0.0.1 == $0.1.1 }) {
        throw DataError(
          .duplicateTime, file: b.0.path, expected: "each time once", received: "that of \(a.0.path) again",
          remedy: "Keep one of the two files, or make the pattern longer.")
      }
      files = dated.map(\.0)
      timestamps = dated.map(\.1)
      nominalStep = medianStep(of: dated.map(\.1)) ?? options.interval
    } else if let times = TimePattern.times(in: names) {
      let order = times.indices.sorted { times[$0] < times[$1] }
      files = order.map { files[$0] }
      timestamps = order.map { times[$0] }
      nominalStep = medianStep(of: timestamps ?? []) ?? options.interval
    } else {
      nominalStep = options.interval
      timestamps =
        if let start = options.start, let interval = options.interval {
          files.indices.map { start.addingTimeInterval(Double($0) * interval * 60) }
        } else { nil }
    }
    self.files = files
    shape = try Self.firstShape(files, reading, skipped)
    try Self.checkSizes(files, shape, skipped)
  }

  var count: Int { files.count }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    do {
      let (size, values) = try reading.values(of: files[index], interval: nominalStep)
      guard size == shape else { throw Self.differs(files[index], size, shape) }
      return try Frame(shape: shape, values: values, time: timestamps?[index])
    } catch let error as DataError {
      guard let skipped else { throw error }
      skipped.add(error)
      return try Frame(
        shape: shape, values: [Float](repeating: 0, count: shape.count),
        isValid: [Bool](repeating: false, count: shape.count), time: timestamps?[index])
    }
  }

  private static func firstShape(
    _ files: [URL], _ reading: PictureReading, _ skipped: SkipLog?
  ) throws -> FrameShape {
    var last = DataError(
      .noFrames, expected: "at least one picture", received: "none", remedy: "Pass a folder of pictures.")
    for file in files {
      do { return try reading.values(of: file, interval: 1).0 } catch let error as DataError {
        guard skipped != nil else { throw error }
        last = error
      }
    }
    throw last
  }

  /// Sizes of up to some thousand pictures are compared at once, from the few bytes where formats keep them; the
  /// rest when they are read.
  private static func checkSizes(_ files: [URL], _ shape: FrameShape, _ skipped: SkipLog?) throws {
    guard files.count <= 5000, skipped == nil else { return }
    for file in files {
      guard let size = try PictureSize.peek(file) else { continue }
      guard size.height == shape.height, size.width == shape.width else {
        throw differs(
          file, FrameShape(height: size.height, width: size.width, channels: shape.channels), shape)
      }
    }
  }

  private static func differs(_ file: URL, _ size: FrameShape, _ shape: FrameShape) -> DataError {
    DataError(
      .wrongShape, file: file.path,
      expected: "a picture of \(shape) (height × width × channels) like the first",
      received: "one of \(size)",
      remedy: size.channels != shape.channels
        ? "Pass --grey if colours do not matter." : "Keep one size in a folder.")
  }
}

/// How numbers of a picture become values of a frame.
struct PictureReading: Sendable {
  let unit: StoredUnit
  private let options: DataOptions

  init(_ options: DataOptions) {
    self.options = options
    unit = options.unit ?? .brightness
  }

  func values(of file: URL, interval: Double?) throws -> (FrameShape, [Float]) {
    try values(PictureFile.read(file, grey: options.grey), interval: interval, file: file.path)
  }

  func values(
    _ picture: PictureFile.Values, interval: Double?, file: String
  ) throws -> (FrameShape, [Float]) {
    var values = picture.numbers
    let white = unit == .brightness && options.gain == nil ? picture.maximum : 1
    let gain = Float(options.gain ?? 1)
    let offset = Float(options.offset ?? 0)
    let missing = options.missing.map { Float($0) }
    for index in values.indices {
      values[index] = values[index] == missing ? .nan : values[index] * gain / white + offset
    }
    try unit.convert(&values, interval: options.interval ?? interval, file: file)
    return (picture.shape, values)
  }
}

/// Sizes of pictures from their first bytes.
enum PictureSize {
  /// The size that a PNG, GIF or BMP file states; `nil` for other formats and for anything odd.
  static func peek(_ url: URL) throws -> (height: Int, width: Int)? {
    guard let format = PictureFile.Format(url), [.png, .gif].contains(format) else { return nil }
    let bytes = try FileBytes.prefix(24, of: url)
    var parser = ByteParser(bytes, file: url.path)
    guard bytes.count == 24, !FileBytes.isGzip(bytes) else { return nil }
    if format == .png {
      guard bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) else { return nil }
      parser.place = 16
      let width = try parser.bigEndian(4)
      return (try parser.bigEndian(4), width)
    }
    guard bytes.starts(with: Array("GIF8".utf8)) else { return nil }
    parser.place = 6
    let width = try parser.littleEndian(2)
    return (try parser.littleEndian(2), width)
  }
}
