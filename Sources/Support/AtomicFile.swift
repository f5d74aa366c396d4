import Foundation

/// A file that appears under its name only when it is complete.
package struct AtomicFile {
  private let descriptor: Int32
  private let path: String

  /// Lets `body` fill a temporary file beside `url`, flushes it to the disk and renames it to `url`.
  ///
  /// Where `body` or any step fails, the temporary file is removed and what stood at `url` is untouched. A
  /// process that is killed meanwhile leaves the old file too, and beside it a hidden `.tmp` file.
  /// - Throws: What `body` throws, or `FileError`.
  package static func write(to url: URL, _ body: (AtomicFile) throws -> Void) throws {
    // Through a symbolic link the file it points to is replaced, not the link.
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    let name = temporaryPrefix(target) + UUID().uuidString + temporarySuffix
    let path = folder.appendingPathComponent(name).path
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("create a file in \(folder.path)") }
    var isOpen = true
    do {
      var old = stat()
      if stat(target.path, &old) == 0 { _ = fchmod(descriptor, old.st_mode & 0o777) }
      try body(AtomicFile(descriptor: descriptor, path: target.path))
      guard fsync(descriptor) == 0 else { throw failure("flush \(target.path)") }
      isOpen = false
      guard close(descriptor) == 0 else { throw failure("close \(target.path)") }
      guard rename(path, target.path) == 0 else { throw failure("replace \(target.path)") }
    } catch {
      if isOpen { close(descriptor) }
      unlink(path)
      throw error
    }
    // The new name itself reaches the disk with its folder; file systems that cannot do this say so, and
    // the file is complete all the same.
    let directory = open(folder.path, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      _ = fsync(directory)
      close(directory)
    }
  }

  private static let temporarySuffix = ".tmp"

  private static func temporaryPrefix(_ target: URL) -> String { ".\(target.lastPathComponent.prefix(100))." }

  /// Removes temporary files that killed processes left beside a file. Nobody may be writing it meanwhile.
  package static func removeRemains(of url: URL) {
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    let prefix = temporaryPrefix(target)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(temporarySuffix)
      && name.count == prefix.count + 36 + temporarySuffix.count
    {
      unlink(folder.appendingPathComponent(name).path)
    }
  }

  package func append(_ data: Data) throws {
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
        let count = Foundation.write(descriptor, start, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw Self.failure("write \(path)") }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// The action is put into words only after `errno` has been read: that may change it.
  private static func failure(_ action: @autoclosure () -> String) -> FileError {
    let reason = String(cString: strerror(errno))
    return FileError(
      .unwritable, expected: "to \(action())", found: reason,
      remedy: "Check that the folder exists, is writable and has room.")
  }
}
