import Foundation
import ZipArchive

/// A `.npy` file open for reading (versions 1 to 3, little or big endian, C or Fortran order).
///
/// The header is checked when the file is opened; elements are read when asked for, all of them or some rows of
/// the first axis, so that a file may be larger than memory.
package struct NumPyFile: Sendable {
  package let header: NumPyHeader
  private let source: ByteSource
  private let dataOffset: Int

  /// The lengths of the axes.
  package var shape: [Int] { header.shape }

  /// Opens a file.
  /// - Throws: `NumPyError` for anything but a whole `.npy` file of plain numbers, `ZipError` (kind `unreadable`)
  ///   for one that cannot be opened.
  package init(contentsOf url: URL) throws { try self.init(source: ByteSource(contentsOf: url)) }

  /// Opens a file that is in memory.
  /// - Throws: `NumPyError`.
  package init(data: Data) throws { try self.init(source: ByteSource(data)) }

  init(source: ByteSource) throws {
    (header, dataOffset) = try NumPyHeader.read(from: source)
    self.source = source
    guard source.count - dataOffset == header.byteCount else {
      throw NumPyError(
        .byteCount, expected: "\(header.byteCount) bytes of elements for shape \(header.shape)",
        received: "\(source.count - dataOffset)",
        remedy: "The file is truncated, or holds several arrays: write each with numpy.save to its own file.")
    }
  }

  /// The whole array.
  /// - Throws: `ZipError` of kind `unreadable` where the file cannot be read any more.
  package func array() throws -> NumPyArray {
    var data = try source.bytes(dataOffset..<dataOffset + header.byteCount)
    swapIfBig(&data)
    if header.isFortranOrder { data = rowMajor(data) }
    return try NumPyArray(elementType: header.elementType, shape: shape, bytes: data)
  }

  /// Some rows of the first axis: `rows(2..<4)` of an array `[5, 3]` is an array `[2, 3]`. Of a file in C order
  /// only those bytes are read.
  /// - Throws: `NumPyError` of kind `shape` where there are no such rows.
  package func rows(_ range: Range<Int>) throws -> NumPyArray {
    guard let first = shape.first, range.lowerBound >= 0, range.upperBound <= first else {
      throw NumPyError(
        .shape, expected: "rows \(range)", received: "an array of shape \(shape)",
        remedy: "Ask for rows that it has.")
    }
    let rowBytes = first == 0 ? 0 : header.byteCount / first
    let part = [range.count] + shape.dropFirst()
    guard !header.isFortranOrder else {
      let whole = try array().bytes
      return try NumPyArray(
        elementType: header.elementType, shape: part,
        bytes: whole.subdata(in: range.lowerBound * rowBytes..<range.upperBound * rowBytes))
    }
    var data = try source.bytes(
      dataOffset + range.lowerBound * rowBytes..<dataOffset + range.upperBound * rowBytes)
    swapIfBig(&data)
    return try NumPyArray(elementType: header.elementType, shape: part, bytes: data)
  }

  /// Some elements in row-major order, as an array of one axis. Of a file in C order only those bytes are read.
  /// - Throws: `NumPyError` of kind `shape` where there are no such elements.
  package func elements(_ range: Range<Int>) throws -> NumPyArray {
    guard range.lowerBound >= 0, range.upperBound <= header.count else {
      throw NumPyError(
        .shape, expected: "elements \(range)", received: "an array of \(header.count)",
        remedy: "Ask for elements that it has.")
    }
    let size = header.elementType.byteCount
    guard !header.isFortranOrder else {
      let whole = try array().bytes
      return try NumPyArray(
        elementType: header.elementType, shape: [range.count],
        bytes: whole.subdata(in: range.lowerBound * size..<range.upperBound * size))
    }
    var data = try source.bytes(dataOffset + range.lowerBound * size..<dataOffset + range.upperBound * size)
    swapIfBig(&data)
    return try NumPyArray(elementType: header.elementType, shape: [range.count], bytes: data)
  }

  private func swapIfBig(_ data: inout Data) {
    let size = header.elementType.byteCount
    guard header.byteOrder == .big, size > 1 else { return }
    data.withUnsafeMutableBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: size) {
        for i in 0..<size / 2 { bytes.swapAt(start + i, start + size - 1 - i) }
      }
    }
  }

  /// Column-major elements in row-major order.
  private func rowMajor(_ data: Data) -> Data {
    let size = header.elementType.byteCount
    guard header.count > 1, shape.count > 1 else { return data }
    var strides = [Int](repeating: size, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var result = Data(count: data.count)
    result.withUnsafeMutableBytes { (out: UnsafeMutableRawBufferPointer) in
      data.withUnsafeBytes { (source: UnsafeRawBufferPointer) in
        var index = [Int](repeating: 0, count: shape.count)
        var from = 0
        for to in stride(from: 0, to: out.count, by: size) {
          for i in 0..<size { out[to + i] = source[from + i] }
          var axis = shape.count - 1
          while axis >= 0 {
            index[axis] += 1
            from += strides[axis]
            if index[axis] < shape[axis] { break }
            from -= strides[axis] * shape[axis]
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
    return result
  }
}

extension NumPyArray {
  /// The array as a `.npy` file (version 1, little endian, C order).
  package func encoded() throws -> Data {
    let header = try NumPyHeader(
      elementType: elementType, byteOrder: .little, isFortranOrder: false, shape: shape)
    return header.encoded() + bytes
  }

  /// Writes a `.npy` file, so that its name never stands for half of it.
  /// - Throws: `NumPyError` of kind `unwritable`.
  package func write(to url: URL) throws {
    do { try encoded().write(to: url, options: .atomic) } catch {
      throw NumPyError(
        .unwritable, expected: "to write \(url.path)", received: "\(error.localizedDescription)",
        remedy: "Check that the folder exists, is writable and has room.")
    }
  }
}
