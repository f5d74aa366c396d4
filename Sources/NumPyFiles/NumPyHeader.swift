import Foundation
import ZipArchive

/// What stands in front of the elements of a `.npy` file.
package struct NumPyHeader: Hashable, Sendable {
  package let elementType: NumPyElementType
  package let byteOrder: NumPyByteOrder
  /// Whether the first axis runs fastest.
  package let isFortranOrder: Bool
  /// The lengths of the axes; `[]` is a scalar.
  package let shape: [Int]

  static let magic = Data([0x93]) + Data("NUMPY".utf8)
  /// No honest header is longer: 32 axes take some 700 bytes.
  static let maximumByteCount = 1 << 16
  private static let maximumRank = 32

  /// Bytes of all elements.
  package let byteCount: Int
  /// How many elements there are.
  package var count: Int { byteCount / elementType.byteCount }

  init(
    elementType: NumPyElementType, byteOrder: NumPyByteOrder, isFortranOrder: Bool, shape: [Int]
  ) throws {
    self.elementType = elementType
    self.byteOrder = byteOrder
    self.isFortranOrder = isFortranOrder
    self.shape = shape
    var total = elementType.byteCount
    // A zero makes the whole empty, but what stands beside it must fit all the same.
    for axis in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: max(axis, 1))
      guard axis >= 0, !overflow, shape.count <= Self.maximumRank else {
        throw NumPyError(
          .shape, expected: "at most \(Self.maximumRank) axes whose product fits an integer",
          received: "\(shape.prefix(40))", remedy: "The file is damaged, or no array that was ever in memory."
        )
      }
      total = product
    }
    byteCount = shape.contains(0) ? 0 : total
  }

  /// Reads the header at the start of `source`.
  /// - Returns: The header and where the elements start.
  static func read(from source: ByteSource) throws -> (header: NumPyHeader, dataOffset: Int) {
    guard source.count >= 10, try source.bytes(0..<6) == magic else {
      throw NumPyError(
        .foreignFormat, expected: "a .npy file", received: "other bytes",
        remedy: "Write the array with numpy.save; .npz archives are read by name.")
    }
    let version = try source.bytes(6..<8)
    guard (1...3).contains(version[0]), version[1] == 0 else {
      throw NumPyError(
        .unknownVersion, expected: "version 1.0, 2.0 or 3.0", received: "\(version[0]).\(version[1])",
        remedy: "Write the array with a current NumPy.")
    }
    let field = version[0] == 1 ? 2 : 4
    guard source.count >= 8 + field else {
      throw NumPyError.malformed("a header", received: "the end of the file")
    }
    let bytes = try source.bytes(8..<8 + field)
    let length = field == 2 ? Int(bytes.number(UInt16.self, at: 0)) : Int(bytes.number(UInt32.self, at: 0))
    let start = 8 + field
    guard length <= maximumByteCount, start + length <= source.count else {
      throw NumPyError.malformed(
        "a header of at most \(min(maximumByteCount, source.count - start)) bytes", received: "\(length)")
    }
    var parser = PythonLiteralParser([UInt8](try source.bytes(start..<start + length)))
    return (try NumPyHeader(fields: try parser.header()), start + length)
  }

  private init(fields: PythonLiteralParser.Header) throws {
    var code = Substring(fields.descriptor)
    var order = NumPyByteOrder.little
    if let first = code.first, "<>|=".contains(first) {
      order = first == ">" ? .big : .little
      code = code.dropFirst()
    }
    guard let type = NumPyElementType(rawValue: code == "?" ? "b1" : String(code)) else {
      let valid = NumPyElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw NumPyError(
        .unsupportedType, expected: "elements of type \(valid)",
        received: "“\(fields.descriptor.prefix(40))”",
        remedy: fields.descriptor.contains("O")
          ? "Python objects are not read, for they can hold any program: save plain numbers."
          : "Convert the array, say with .astype('float32').")
    }
    try self.init(
      elementType: type, byteOrder: order, isFortranOrder: fields.isFortranOrder, shape: fields.shape)
  }

  /// The header's bytes in version 1, padded so that the elements start at a multiple of 64.
  func encoded() -> Data {
    let order = elementType.byteCount == 1 ? "|" : byteOrder.rawValue
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(order)\(elementType.rawValue)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
      + "'shape': (\(axes)), }"
    text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
    var data = Self.magic + Data([1, 0])
    data.append(number: UInt16(text.utf8.count))
    return data + Data(text.utf8)
  }
}
