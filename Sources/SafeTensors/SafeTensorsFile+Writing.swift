import Foundation
import Support

extension SafeTensorsFile {
  /// The file's bytes. Equal content gives equal bytes, in whatever order it was put together.
  public func encoded() -> Data {
    let sorted = sortedEntries
    var data = prefix(for: sorted)
    for entry in sorted { data.append(entry.bytes) }
    return data
  }

  /// Writes the file so that its name never stands for half of it.
  ///
  /// The bytes go to a temporary file in the same folder, are flushed to the disk and then take the place of
  /// what was there. Where anything fails the old file stays as it was and the temporary one is removed.
  /// - Throws: `SafeTensorsError` of kind `unwritable`.
  public func write(to url: URL) throws {
    let sorted = sortedEntries
    do {
      try AtomicFile.write(to: url) { file in
        try file.append(prefix(for: sorted))
        for entry in sorted { try file.append(entry.bytes) }
      }
    } catch let error as FileError {
      throw SafeTensorsError(
        .unwritable, expected: error.expected, received: error.found, remedy: error.remedy)
    }
  }

  /// Wide elements first, as the reference implementation does, so that all are aligned in the file.
  private var sortedEntries: [SafeTensorsEntry] {
    entries.sorted { first, second in
      let (a, b) = (first.elementType.byteCount, second.elementType.byteCount)
      return a != b ? a > b : first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
    }
  }

  private func prefix(for sorted: [SafeTensorsEntry]) -> Data {
    var end = 0
    let items = sorted.map { entry in
      let begin = end
      end += entry.bytes.count
      return Header.Item(
        name: entry.name, elementType: entry.elementType, shape: entry.shape, offsets: begin..<end)
    }
    let json = Header(items: items, metadata: metadata).encoded()
    return littleEndianData([UInt64(json.count)]) + json
  }
}
