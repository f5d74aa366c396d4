import Foundation

extension SafeTensorsFile {
  /// Reads a file that is already in memory.
  /// - Throws: `SafeTensorsError` for anything but a well-formed file.
  public init(data: Data) throws {
    try self.init(byteCount: data.count) { range in
      data.subdata(in: data.startIndex + range.lowerBound..<data.startIndex + range.upperBound)
    }
  }

  /// Reads a file from disk. The header is checked before the tensors are read.
  /// - Throws: `SafeTensorsError` for a file that cannot be read, is truncated or is something else.
  public init(contentsOf url: URL) throws {
    func unreadable(_ received: String) -> SafeTensorsError {
      SafeTensorsError(
        .unreadable, expected: "a readable file at \(url.path)", received: received,
        remedy: "Check the path and the permissions.")
    }
    // Size and bytes come from one descriptor: the name may meanwhile lead to another version of the file.
    // Opened so, a pipe does not wait for its writer.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    defer { try? handle.close() }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable("something that is no regular file") }
    let byteCount = Int(status.st_size)
    try self.init(byteCount: byteCount) { range in
      guard !range.isEmpty else { return Data() }
      let bytes: Data
      do {
        try handle.seek(toOffset: UInt64(range.lowerBound))
        bytes = try handle.read(upToCount: range.count) ?? Data()
      } catch { throw unreadable("\(error)") }
      guard bytes.count == range.count else {
        throw SafeTensorsError(
          .truncated, expected: "\(byteCount) bytes", received: "a file that got shorter while being read",
          remedy: SafeTensorsError.fetchAgain)
      }
      return bytes
    }
  }

  /// - Parameter read: Gives the bytes of a range that lies within `0..<byteCount`.
  private init(byteCount: Int, read: (Range<Int>) throws -> Data) throws {
    let lengthField = 8
    guard byteCount >= lengthField else {
      throw SafeTensorsError(
        .truncated, expected: "at least \(lengthField) bytes", received: "\(byteCount)",
        remedy: SafeTensorsError.fetchAgain)
    }
    let length = try read(0..<lengthField).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Header.maximumByteCount else {
      throw SafeTensorsError(
        .headerLength, expected: "a header of at most \(Header.maximumByteCount) bytes",
        received: "\(length)", remedy: SafeTensorsError.fetchAgain)
    }
    let start = lengthField + Int(length)
    guard start <= byteCount else {
      throw SafeTensorsError(
        .truncated, expected: "a header of \(length) bytes", received: "\(byteCount - lengthField) bytes",
        remedy: SafeTensorsError.fetchAgain)
    }
    var header = try HeaderParser.parse([UInt8](read(lengthField..<start)))
    try Header.checkLayout(&header.items, dataByteCount: byteCount - start)
    let entries = try header.items.map { item in
      try SafeTensorsEntry(
        name: item.name, elementType: item.elementType, shape: item.shape,
        bytes: read(start + item.offsets.lowerBound..<start + item.offsets.upperBound))
    }
    try self.init(entries: entries, metadata: header.metadata)
  }
}
