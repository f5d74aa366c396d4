import CZlib
import Foundation

/// Pictures of digits, brightness 0 to 1, and which digit each is.
public struct DigitImages: Equatable, Sendable {
  /// `[image, height, width]`, row-major.
  public let values: [Float]
  public let height: Int
  public let width: Int
  public let labels: [Int]?

  public var count: Int { values.count / (height * width) }

  init(values: [Float], height: Int, width: Int, labels: [Int]?) {
    self.values = values
    self.height = height
    self.width = width
    self.labels = labels
  }

  /// The pictures of an IDX file such as MNIST's `t10k-images-idx3-ubyte.gz`, compressed or not: bytes
  /// `[image, height, width]`, 255 brightest.
  ///
  /// - Throws: ``DataError`` if the file cannot be read or is no such file.
  public init(idx file: URL) throws {
    let bytes = try Self.bytes(of: file)
    func failure(_ kind: DataError.Kind, _ expected: String, _ received: String) -> DataError {
      DataError(
        kind, file: file.path, expected: expected, received: received,
        remedy: "Use pictures in the IDX format, such as MNIST's t10k-images-idx3-ubyte.gz.")
    }
    guard bytes.count >= 16, bytes[0] == 0, bytes[1] == 0, bytes[2] == 8, bytes[3] == 3 else {
      throw failure(.foreignFormat, "an IDX file of bytes with three axes", "other content")
    }
    func length(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    let (count, height, width) = (length(4), length(8), length(12))
    guard count > 0, (1...1024).contains(height), (1...1024).contains(width) else {
      throw failure(.wrongShape, "pictures of 1 to 1024 pixels a side", "\(count) of \(height)×\(width)")
    }
    guard bytes.count - 16 == count * height * width else {
      throw failure(
        .corrupt, "\(count * height * width) bytes for \(count) pictures of \(height)×\(width)",
        "\(bytes.count - 16)")
    }
    self.init(
      values: bytes[16...].map { Float($0) / 255 }, height: height, width: width, labels: nil)
  }

  /// What a file holds, unpacked if it is compressed.
  private static func bytes(of file: URL) throws -> [UInt8] {
    guard FileManager.default.isReadableFile(atPath: file.path), let handle = gzopen(file.path, "rb") else {
      throw DataError(
        .notFound, file: file.path, expected: "a readable file", received: "none",
        remedy: "Check the path.")
    }
    defer { gzclose(handle) }
    let limit = 1 << 30
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let read = gzread(handle, &buffer, UInt32(buffer.count))
      // At the end of a truncated file nothing is read either, but there is an error.
      var code: Int32 = 0
      gzerror(handle, &code)
      guard read >= 0, code == Z_OK || code == Z_STREAM_END, bytes.count <= limit else {
        throw DataError(
          .corrupt, file: file.path, expected: "at most 1 GiB of intact compressed data",
          received: bytes.count <= limit ? "damaged data" : "more", remedy: "Fetch the file again.")
      }
      if read == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<Int(read)])
    }
  }
}
