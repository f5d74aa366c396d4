import Foundation
import ZipArchive

/// Named arrays in a `.npz` archive.
package struct NumPyArchive: Sendable {
  /// The names, without `.npy`, in the order of the archive.
  package let names: [String]
  private let archive: ZipArchive

  /// Opens a file.
  /// - Throws: `ZipError`.
  package init(contentsOf url: URL, limits: ZipLimits = ZipLimits()) throws {
    try self.init(archive: ZipArchive(contentsOf: url, limits: limits))
  }

  /// Opens an archive in memory.
  /// - Throws: `ZipError`.
  package init(data: Data, limits: ZipLimits = ZipLimits()) throws {
    try self.init(archive: ZipArchive(data: data, limits: limits))
  }

  private init(archive: ZipArchive) {
    self.archive = archive
    names = archive.entries.map(\.name).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
  }

  /// The array of this name.
  /// - Throws: `NumPyError` of kind `missingArray`, or what is wrong with the file; `ZipError` for the archive.
  package func array(_ name: String) throws -> NumPyArray {
    guard names.contains(name) else {
      throw NumPyError(
        .missingArray, expected: "an array named \(name)",
        received: names.isEmpty ? "none" : names.prefix(12).joined(separator: ", "),
        remedy: "Ask for one of the names it has.")
    }
    return try NumPyFile(data: archive.data(name + ".npy")).array()
  }

  /// The bytes of a `.npz` archive, as numpy.savez_compressed writes them.
  /// - Throws: `ZipError` for names that are no file names, or more than 4 GiB.
  package static func encoded(
    _ arrays: [(name: String, array: NumPyArray)], compression: ZipEntry.Compression = .deflated
  ) throws -> Data {
    var writer = ZipWriter()
    for (name, array) in arrays {
      try writer.append(name + ".npy", array.encoded(), compression: compression)
    }
    return writer.encoded()
  }
}
