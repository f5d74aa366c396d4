import Foundation

/// A folder tree in which every file holds one frame, as a sequence in order of time.
public struct FrameFolder: FrameSource {
  /// The files in order of time.
  public let files: [URL]
  public let shape: FrameShape
  public let timestamps: [Date]?
  public let nominalStep: Double?
  public let unit: PhysicalUnit
  public let grid: GridMetadata?
  private let reader: any FrameFileReader
  private let skipped: SkipLog?

  /// Finds all files below `folder` that end as the reader's format does (hidden ones aside) and reads their
  /// headers. A single file is a sequence of one frame.
  ///
  /// - Throws: ``DataError`` if there is no such file, one is foreign or damaged, sizes or units differ, or
  ///   two files claim one time.
  public init(_ folder: URL, reader: any FrameFileReader) throws {
    try self.init(files: Self.files(below: folder, endings: reader.fileExtensions), reader: reader)
  }

  /// A sequence of the given files, in any order. With `skipped`, damaged files are noted there: those without a
  /// readable header leave a gap in time, those with damaged values give a frame that is missing all over.
  ///
  /// - Throws: as ``init(_:reader:)``.
  public init(files: [URL], reader: any FrameFileReader, skipped: SkipLog? = nil) throws {
    let found = try Self.headers(of: files, reader, skipped)
      .sorted {
        $0.header.time != $1.header.time
          ? $0.header.time < $1.header.time : $0.file.path < $1.file.path
      }
    guard let first = found.first else {
      throw DataError(
        .noFrames, expected: "at least one file that can be read", received: "none of \(files.count)",
        remedy: skipped?.reasons.last?.description ?? "Pass the files.")
    }
    for (file, header) in found {
      guard header.shape == first.header.shape else {
        throw DataError(
          .wrongShape, file: file.path,
          expected: "a frame of \(first.header.shape) like \(first.file.lastPathComponent)",
          received: "one of \(header.shape)", remedy: "Keep one size in a folder.")
      }
      guard header.unit == first.header.unit else {
        throw DataError(
          .wrongType, file: file.path,
          expected: "values in \(first.header.unit.rawValue) like \(first.file.lastPathComponent)",
          received: "values in \(header.unit.rawValue)", remedy: "Keep one unit in a folder.")
      }
    }
    for (a, b) in zip(found, found.dropFirst()) where a.header.time == b.header.time {
      throw DataError(
        .duplicateTime, file: b.file.path, expected: "each time once",
        received: "\(a.header.time) here and in \(a.file.path)", remedy: "Keep one of the two files.")
    }
    self.files = found.map(\.file)
    self.reader = reader
    self.skipped = skipped
    shape = first.header.shape
    unit = first.header.unit
    grid = first.header.grid
    let times = found.map(\.header.time)
    timestamps = times
    nominalStep = medianStep(of: times) ?? first.header.interval
  }

  public var count: Int { files.count }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    let frame: Frame
    do { frame = try reader.frame(in: files[index]) } catch let error as DataError {
      guard let skipped else { throw error }
      skipped.add(error)
      return try Frame(
        shape: shape, values: [Float](repeating: 0, count: shape.count),
        isValid: [Bool](repeating: false, count: shape.count), time: timestamps?[index])
    }
    guard frame.time == timestamps?[index] else {
      throw DataError(
        .badValue, file: files[index].path,
        expected: "a frame of \(timestamps?[index].description ?? "no time")",
        received: "one of \(frame.time?.description ?? "no time")",
        remedy: "The name states another time than the file, or the file changed: sort it out.")
    }
    guard frame.shape == shape else {
      throw DataError(
        .wrongShape, file: files[index].path, expected: "a frame of \(shape)", received: "\(frame.shape)",
        remedy: "The file changed since the folder was opened: open it again.")
    }
    return frame
  }

  /// Above so many files, names that state the time stand for the headers, which are compared in a few files only
  /// and in all others when their frame is read.
  private static let trustsNamesAbove = 2000

  private static func headers(
    of files: [URL], _ reader: any FrameFileReader, _ skipped: SkipLog?
  ) throws -> [(file: URL, header: FrameFileHeader)] {
    if files.count > trustsNamesAbove, let found = try headersByName(of: files, reader) { return found }
    return try eachHeader(of: files, reader, skipped)
  }

  private static func headersByName(
    of files: [URL], _ reader: any FrameFileReader
  ) throws -> [(file: URL, header: FrameFileHeader)]? {
    guard let times = TimePattern.times(in: files.map(\.lastPathComponent)) else { return nil }
    var known: (header: FrameFileHeader, shift: Double)?
    for sample in 0..<16 {
      let index = sample * (files.count - 1) / 15
      guard let header = try? reader.header(of: files[index]) else { return nil }
      let shift = header.time.timeIntervalSince(times[index])
      if let known {
        guard known.shift == shift, known.header.shape == header.shape, known.header.unit == header.unit,
          known.header.interval == header.interval
        else { return nil }
      } else {
        known = (header, shift)
      }
    }
    return known.map { known in
      zip(files, times).map { file, time in
        var header = known.header
        header.time = time + known.shift
        return (file, header)
      }
    }
  }

  private static func eachHeader(
    of files: [URL], _ reader: any FrameFileReader, _ skipped: SkipLog?
  ) throws -> [(file: URL, header: FrameFileHeader)] {
    try files.compactMap { file in
      do { return (file, try reader.header(of: file)) } catch let error as DataError {
        guard let skipped else { throw error }
        skipped.add(error)
        return nil
      }
    }
  }

  private static func files(below folder: URL, endings: [String]) throws -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else {
      throw DataError(
        .notFound, file: folder.path, expected: "a folder or file", received: "nothing",
        remedy: "Check the path.")
    }
    guard isFolder.boolValue else { return [folder] }
    // The enumerator does not enter a folder that is itself a link.
    let root = folder.resolvingSymlinksInPath()
    var unreadable: String?
    let walk = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: [.isDirectoryKey], options: [.skipsHiddenFiles]
    ) { url, _ in
      unreadable = url.path
      return false
    }
    var files: [URL] = []
    while let file = walk?.nextObject() as? URL {
      guard endings.contains(file.pathExtension.lowercased()) else { continue }
      let isFolder = try? file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
      if isFolder != true { files.append(file) }
    }
    if let unreadable {
      throw DataError(
        .notFound, file: unreadable, expected: "a folder that can be read", received: "one that cannot",
        remedy: "Check its permissions.")
    }
    guard !files.isEmpty else {
      throw DataError(
        .noFrames, file: folder.path, expected: "files ending in " + endings.joined(separator: " or "),
        received: "none below the folder", remedy: "Point at the folder that holds the frames.")
    }
    return files
  }
}
