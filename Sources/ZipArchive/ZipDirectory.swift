import Foundation

/// The list of files at the end of an archive (PKWARE's APPNOTE, sections 4.3.12–4.3.16).
struct ZipDirectory {
  private static let endSignature: UInt32 = 0x0605_4b50
  private static let locatorSignature: UInt32 = 0x0706_4b50
  private static let wideEndSignature: UInt32 = 0x0606_4b50
  private static let entrySignature: UInt32 = 0x0201_4b50
  private static let localSignature: UInt32 = 0x0403_4b50

  private let source: ByteSource
  private let limits: ZipLimits

  static func entries(of source: ByteSource, limits: ZipLimits) throws -> [ZipEntry] {
    try ZipDirectory(source: source, limits: limits).entries()
  }

  private func entries() throws -> [ZipEntry] {
    let place = try locate()
    guard place.count <= limits.entries, place.range.count <= limits.directoryBytes else {
      throw ZipError(
        .tooLarge, expected: "at most \(limits.entries) files in \(limits.directoryBytes) bytes of directory",
        received: "\(place.count) files in \(place.range.count) bytes",
        remedy: "This is no archive of the expected kind.")
    }
    let directory = try source.bytes(place.range)
    var found: [ZipEntry] = []
    var names: Set<String> = []
    var spans: [Range<Int>] = []
    var offset = 0
    for _ in 0..<place.count {
      let (entry, span) = try entry(in: directory, at: &offset, end: place.range.lowerBound)
      guard names.insert(entry.name).inserted else {
        throw ZipError(
          .duplicateName, expected: "every name once", received: "\(entry.name) again",
          remedy: "Write the archive anew without the duplicate.")
      }
      found.append(entry)
      spans.append(span)
    }
    guard offset == directory.count else {
      throw ZipError.corrupt("\(place.count) files in the directory", received: "bytes after the last one")
    }
    spans.sort { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(spans, spans.dropFirst()) where first.upperBound > second.lowerBound {
      throw ZipError(
        .overlap, expected: "every file in bytes of its own", received: "two files that share bytes",
        remedy: "The archive is damaged or made to do harm: do not use it.")
    }
    return found
  }

  // MARK: End of the directory

  private func locate() throws -> (range: Range<Int>, count: Int) {
    let tailStart = max(0, source.count - (22 + 0xffff))
    let tail = try source.bytes(tailStart..<source.count)
    var offset = tail.count - 22
    while offset >= 0 {
      if tail.number(UInt32.self, at: offset) == Self.endSignature,
        offset + 22 + Int(tail.number(UInt16.self, at: offset + 20)) == tail.count
      {
        return try directory(end: tail.dropFirst(offset), at: tailStart + offset)
      }
      offset -= 1
    }
    throw ZipError(
      .notAnArchive, expected: "a zip archive", received: "\(source.count) bytes without a zip directory",
      remedy: "Is this the right file, and complete?")
  }

  private func directory(end: Data, at position: Int) throws -> (range: Range<Int>, count: Int) {
    let end = Data(end)
    let disks = [4, 6].map { end.number(UInt16.self, at: $0) }
    guard disks.allSatisfy({ $0 == 0 || $0 == 0xffff }) else {
      throw ZipError(
        .unsupported, expected: "an archive in one piece", received: "one of several disks",
        remedy: "Write it anew as a single file.")
    }
    var here = UInt64(end.number(UInt16.self, at: 8))
    var count = UInt64(end.number(UInt16.self, at: 10))
    var size = UInt64(end.number(UInt32.self, at: 12))
    var start = UInt64(end.number(UInt32.self, at: 16))
    var limit = position
    if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff,
      let wide = try wideEnd(before: position)
    {
      (here, count, size, start, limit) = wide
    }
    let (stop, overflow) = start.addingReportingOverflow(size)
    guard here == count, !overflow, stop == UInt64(limit) else {
      throw ZipError.corrupt(
        "a directory of \(size) bytes that ends at \(limit)", received: "one that starts at \(start)")
    }
    // Each file takes 46 bytes of the directory at least.
    guard count <= size / 46 else {
      throw ZipError.corrupt("at most \(size / 46) files in \(size) bytes", received: "\(count)")
    }
    return (Int(start)..<Int(stop), Int(count))
  }

  private func wideEnd(before position: Int) throws -> (UInt64, UInt64, UInt64, UInt64, Int)? {
    guard position >= 20 else { return nil }
    let locator = try source.bytes(position - 20..<position)
    guard locator.number(UInt32.self, at: 0) == Self.locatorSignature else { return nil }
    let offset = locator.number(UInt64.self, at: 8)
    guard offset <= UInt64(position), position - Int(offset) >= 20 + 56 else {
      throw ZipError.corrupt("a zip64 directory end before byte \(position)", received: "\(offset)")
    }
    let end = try source.bytes(Int(offset)..<Int(offset) + 56)
    guard end.number(UInt32.self, at: 0) == Self.wideEndSignature,
      end.number(UInt32.self, at: 16) == 0, end.number(UInt32.self, at: 20) == 0
    else { throw ZipError.corrupt("a zip64 directory end at \(offset)", received: "other bytes") }
    return (
      end.number(UInt64.self, at: 24), end.number(UInt64.self, at: 32), end.number(UInt64.self, at: 40),
      end.number(UInt64.self, at: 48), Int(offset)
    )
  }

  // MARK: Files

  private func entry(
    in directory: Data, at offset: inout Int, end: Int
  ) throws -> (entry: ZipEntry, span: Range<Int>) {
    guard offset + 46 <= directory.count, directory.number(UInt32.self, at: offset) == Self.entrySignature
    else { throw ZipError.corrupt("a file in the directory", received: "other bytes") }
    let flags = directory.number(UInt16.self, at: offset + 8)
    let method = directory.number(UInt16.self, at: offset + 10)
    let checksum = directory.number(UInt32.self, at: offset + 16)
    var stored = UInt64(directory.number(UInt32.self, at: offset + 20))
    var unpacked = UInt64(directory.number(UInt32.self, at: offset + 24))
    let lengths = [28, 30, 32].map { Int(directory.number(UInt16.self, at: offset + $0)) }
    var local = UInt64(directory.number(UInt32.self, at: offset + 42))
    let nameStart = offset + 46
    let next = nameStart + lengths.reduce(0, +)
    guard next <= directory.count else {
      throw ZipError.corrupt("a file in the directory", received: "a directory that ends within it")
    }
    let nameBytes = directory.subdata(in: nameStart..<nameStart + lengths[0])
    let extra = directory.subdata(in: nameStart + lengths[0]..<nameStart + lengths[0] + lengths[1])
    try Self.widen(&unpacked, &stored, &local, from: extra)
    offset = next

    let name = try ZipName.checked(nameBytes)
    guard flags & 0x2041 == 0, let compression = ZipEntry.Compression(rawValue: method) else {
      throw ZipError(
        .unsupported, expected: "\(name) stored or deflated, not encrypted",
        received: flags & 0x2041 != 0 ? "an encrypted file" : "compression \(method)",
        remedy: "Write the archive anew with ordinary compression.")
    }
    let range = try dataRange(
      of: name, nameBytes: nameBytes, method: method, local: local, stored: stored, end: end)
    // Deflate packs 1032 bytes into one at the very best.
    let most = compression == .stored ? stored : stored.multipliedReportingOverflow(by: 1032).partialValue
    guard compression == .stored ? unpacked == stored : unpacked <= max(most, 64), unpacked <= UInt64(Int.max)
    else {
      throw ZipError.corrupt(
        "\(name) of a size that \(stored) bytes can hold", received: "\(unpacked) bytes")
    }
    return (
      ZipEntry(
        name: name, compression: compression, byteCount: Int(unpacked), range: range, checksum: checksum),
      Int(local)..<range.upperBound
    )
  }

  /// Checks the header in front of the bytes, and where they lie.
  private func dataRange(
    of name: String, nameBytes: Data, method: UInt16, local: UInt64, stored: UInt64, end: Int
  ) throws -> Range<Int> {
    guard local <= UInt64(end), Int(local) + 30 <= end else {
      throw ZipError.corrupt("\(name) before the directory", received: "at byte \(local)")
    }
    let header = try source.bytes(Int(local)..<Int(local) + 30)
    let lengths = [26, 28].map { Int(header.number(UInt16.self, at: $0)) }
    let start = Int(local) + 30 + lengths[0] + lengths[1]
    guard header.number(UInt32.self, at: 0) == Self.localSignature,
      header.number(UInt16.self, at: 8) == method, start <= end, stored <= UInt64(end - start),
      try source.bytes(Int(local) + 30..<Int(local) + 30 + lengths[0]) == nameBytes
    else {
      throw ZipError.corrupt("\(name) as the directory describes it", received: "something else there")
    }
    return start..<start + Int(stored)
  }

  /// Takes sizes that do not fit 32 bits from the zip64 field.
  private static func widen(
    _ unpacked: inout UInt64, _ stored: inout UInt64, _ local: inout UInt64, from extra: Data
  ) throws {
    var offset = 0
    while offset + 4 <= extra.count {
      let length = Int(extra.number(UInt16.self, at: offset + 2))
      guard offset + 4 + length <= extra.count else { break }
      if extra.number(UInt16.self, at: offset) == 1 {
        var place = offset + 4
        func take(_ value: inout UInt64) throws {
          guard value == 0xffff_ffff else { return }
          guard place + 8 <= offset + 4 + length else {
            throw ZipError.corrupt("64-bit sizes", received: "a zip64 field that ends before them")
          }
          value = extra.number(UInt64.self, at: place)
          place += 8
        }
        try take(&unpacked)
        try take(&stored)
        try take(&local)
      }
      offset += 4 + length
    }
  }
}
