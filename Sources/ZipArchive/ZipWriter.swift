import Foundation
import Support

/// Builds a zip archive in memory. Equal content gives equal bytes: every file bears the same date.
package struct ZipWriter {
  private var body = Data()
  private var directory = Data()
  private var names: Set<String> = []

  package init() {}

  /// Adds a file.
  /// - Throws: `ZipError` for a bad or repeated name or more bytes than the format holds (4 GiB).
  package mutating func append(
    _ name: String, _ data: Data, compression: ZipEntry.Compression = .deflated
  ) throws {
    try ZipName.check(name)
    guard names.insert(name).inserted else {
      throw ZipError(
        .duplicateName, expected: "every name once", received: "\(name) again",
        remedy: "Give each file its own name.")
    }
    let packed: Data
    do {
      packed =
        compression == .stored ? data : Data(try data.withUnsafeBytes { try Deflate.packed($0, as: .raw) })
    } catch let error as DeflateError {
      throw ZipError(error, in: name)
    }
    guard data.count < UInt32.max, body.count + packed.count < UInt32.max - 1024, names.count < 0xffff else {
      throw ZipError(
        .tooLarge, expected: "less than 4 GiB in 65,534 files", received: "\(data.count) bytes in \(name)",
        remedy: "Store the weights in .safetensors instead.")
    }
    let sum = data.withUnsafeBytes { Deflate.checksum($0) }
    var common = Data()
    common.append(number: UInt16(20))  // version needed: deflate
    common.append(number: UInt16(1 << 11))  // names are UTF-8
    common.append(number: compression.rawValue)
    common.append(number: UInt16(0))  // midnight
    common.append(number: UInt16((2026 - 1980) << 9 | 1 << 5 | 1))  // 1 January 2026
    common.append(number: sum)
    common.append(number: UInt32(packed.count))
    common.append(number: UInt32(data.count))
    common.append(number: UInt16(name.utf8.count))
    common.append(number: UInt16(0))  // no extra field

    let position = body.count
    body.append(number: UInt32(0x0403_4b50))
    body.append(common)
    body.append(contentsOf: name.utf8)
    body.append(packed)

    directory.append(number: UInt32(0x0201_4b50))
    directory.append(number: UInt16(20))
    directory.append(common)
    for _ in 0..<3 { directory.append(number: UInt16(0)) }  // comment, disk, internal attributes
    directory.append(number: UInt32(0))
    directory.append(number: UInt32(position))
    directory.append(contentsOf: name.utf8)
  }

  /// The archive's bytes.
  package func encoded() -> Data {
    var data = body
    data.append(directory)
    data.append(number: UInt32(0x0605_4b50))
    data.append(number: UInt32(0))
    data.append(number: UInt16(names.count))
    data.append(number: UInt16(names.count))
    data.append(number: UInt32(directory.count))
    data.append(number: UInt32(body.count))
    data.append(number: UInt16(0))
    return data
  }

  /// Writes the archive so that its name never stands for half of it.
  /// - Throws: `ZipError` of kind `unwritable`.
  package func write(to url: URL) throws {
    do { try encoded().write(to: url, options: .atomic) } catch {
      throw ZipError(
        .unwritable, expected: "to write \(url.path)", received: "\(error.localizedDescription)",
        remedy: "Check that the folder exists, is writable and has room.")
    }
  }
}
