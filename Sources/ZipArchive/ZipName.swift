import Foundation

/// The rules for names in archives.
enum ZipName {
  /// The name, if it is text and stays inside the archive wherever it is unpacked.
  static func checked(_ bytes: Data) throws -> String {
    guard let name = String(data: bytes, encoding: .utf8) else {
      throw bad("bytes that are no UTF-8")
    }
    try check(name)
    return name
  }

  static func check(_ name: String) throws {
    let controls = name.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    guard !name.isEmpty, name.utf8.count <= 1024, !controls, !name.contains("\\"), !name.contains(":") else {
      throw bad("“\(name.prefix(80))”")
    }
    // A name that ends in a slash is a folder.
    let parts = (name.hasSuffix("/") ? name.dropLast() : name[...]).split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw bad("“\(name.prefix(80))”")
    }
  }

  private static func bad(_ received: String) -> ZipError {
    ZipError(
      .badName, expected: "a relative path of ordinary characters without “..”", received: received,
      remedy: "The archive is damaged or made to do harm: do not use it.")
  }
}
