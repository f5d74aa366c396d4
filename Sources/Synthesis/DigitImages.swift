import Foundation
import Readers

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
  /// - Throws: `DataError` if the file cannot be read or is no such file.
  public init(idx file: URL) throws {
    let array = try IDXFile(contentsOf: file)
    guard array.elementType == .unsigned8, array.shape.count == 3,
      array.shape[1...].allSatisfy({ $0 <= 1024 })
    else {
      throw DataError(
        .wrongShape, file: file.path, expected: "bytes [image, height, width] of up to 1024 pixels a side",
        received: "\(array.elementType) \(array.shape)",
        remedy: "Use pictures such as MNIST's t10k-images-idx3-ubyte.gz.")
    }
    self.init(
      values: array.floats(0..<array.count).map { $0 / 255 }, height: array.shape[1], width: array.shape[2],
      labels: nil)
  }
}
