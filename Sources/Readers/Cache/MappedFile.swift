import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of fixed size that is read through memory and written by position.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as the object; what is written through the
/// descriptor is read by others only after the writer has said so under a lock (``MappedCache``).
final class MappedFile: @unchecked Sendable {
  let url: URL
  let byteCount: Int
  private let descriptor: Int32
  private let bytes: UnsafeRawPointer

  /// Makes a file of a size, empty and sparse, that must not exist yet.
  ///
  /// - Throws: ``DataError`` if that fails.
  static func creating(_ url: URL, byteCount: Int) throws -> MappedFile {
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw failure(url, "a new file") }
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
      let error = failure(url, "\(byteCount >> 20) MiB of room")
      close(descriptor)
      try? FileManager.default.removeItem(at: url)
      throw error
    }
    return try MappedFile(url, descriptor, byteCount)
  }

  /// Opens a file for reading.
  ///
  /// - Throws: ``DataError`` if that fails or it is empty.
  static func opening(_ url: URL) throws -> MappedFile {
    let descriptor = open(url.path, O_RDONLY)
    guard descriptor >= 0 else { throw failure(url, "a readable file") }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size > 0 else {
      close(descriptor)
      throw DataError(
        .corrupt, file: url.path, expected: "a cache of frames", received: "an empty file",
        remedy: "Delete it.")
    }
    return try MappedFile(url, descriptor, Int(size))
  }

  private init(_ url: URL, _ descriptor: Int32, _ byteCount: Int) throws {
    guard let address = mmap(nil, byteCount, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
    else {
      close(descriptor)
      throw Self.failure(url, "a file that can be mapped into memory")
    }
    self.url = url
    self.descriptor = descriptor
    self.byteCount = byteCount
    bytes = UnsafeRawPointer(address)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes), byteCount)
    close(descriptor)
  }

  /// The mapped bytes; the pointer must not leave the closure.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(start: bytes, count: byteCount)) }
  }

  /// - Throws: ``DataError`` if the disk is full or fails.
  func write(_ source: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < source.count {
      let count = pwrite(
        descriptor, source.baseAddress.map { $0 + done }, source.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(url, "room for \(source.count) bytes") }
      done += count
    }
  }

  /// Waits until everything is on the disk.
  ///
  /// - Throws: ``DataError`` if it cannot be.
  func synchronize() throws {
    guard fsync(descriptor) == 0 else { throw Self.failure(url, "data on the disk") }
  }

  private static func failure(_ url: URL, _ expected: String) -> DataError {
    DataError(
      .notFound, file: url.path, expected: expected, received: String(cString: strerror(errno)),
      remedy: "Choose a folder for the cache that is writable and has room, or do without.")
  }
}
