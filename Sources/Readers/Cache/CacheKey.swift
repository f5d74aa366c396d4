import Foundation

/// What a cache was made of: files by name, size, time of change and both ends of their content, and the options that
/// were applied. Another key is another cache.
public struct CacheKey: Hashable, Sendable {
  /// Everything that the key stands for, readable.
  public let text: String

  /// - Parameters:
  ///   - files: Files, or folders with all files in them.
  ///   - options: Whatever changes the frames: reader, unit, averaging, crop.
  /// - Throws: ``DataError`` if a file cannot be read; what encoding throws.
  public init(files: [URL], options: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var lines = ["options \(String(decoding: try encoder.encode([options]), as: UTF8.self))"]
    for file in files.flatMap(Self.files) { lines.append(try Self.line(file)) }
    text = lines.joined(separator: "\n")
  }

  /// A key of a text alone, for data that come from no file.
  public init(text: String) { self.text = text }

  /// The name of the cache file: a 128-bit hash (FNV-1a, twice with different starts).
  public var fileName: String {
    func hash(_ start: UInt64) -> String {
      let value = text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hash(0xcbf2_9ce4_8422_2325) + hash(0x6c62_272e_07bb_0142) + ".frames"
  }

  private static func files(_ url: URL) -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      return [url]
    }
    let names = (FileManager.default.enumerator(atPath: url.path)?.allObjects as? [String] ?? []).sorted()
    return names.map { url.appendingPathComponent($0) }.filter {
      FileManager.default.fileExists(atPath: $0.path, isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  private static func line(_ file: URL) throws -> String {
    guard let handle = try? FileHandle(forReadingFrom: file),
      let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    else {
      throw DataError(
        .notFound, file: file.path, expected: "a readable file", received: "none", remedy: "Check the path.")
    }
    defer { try? handle.close() }
    let size = (attributes[.size] as? NSNumber)?.uint64Value ?? 0
    let changed = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    var ends = (try? handle.read(upToCount: 4096)) ?? Data()
    if size > 8192 {
      try? handle.seek(toOffset: size - 4096)
      ends += (try? handle.read(upToCount: 4096)) ?? Data()
    }
    let hash = ends.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "file \(file.standardizedFileURL.path) \(size) \(changed) \(String(hash, radix: 16))"
  }
}
