import Foundation
import NumPyFiles
import ZipArchive

/// A `.npy` file read where it is asked for, so that it may be larger than memory.
struct NumPyBlocks: ArrayBlocks {
  private let source: NumPyFile
  let file: String

  private init(_ source: NumPyFile, file: String) {
    self.source = source
    self.file = file
  }

  /// Opens a file. One in Fortran order has no blocks on disk and is taken into memory.
  static func open(_ url: URL) throws -> any ArrayBlocks {
    let source = try numPyErrors(url) {
      url.pathExtension.lowercased() == "gz"
        ? try NumPyFile(data: FileBytes.read(url)) : try NumPyFile(contentsOf: url)
    }
    return source.header.isFortranOrder
      ? MemoryBlocks(try numPyErrors(url) { try source.array() }, file: url.path)
      : NumPyBlocks(source, file: url.path)
  }

  var shape: [Int] { source.shape }
  var whiteLevel: Float? { source.header.elementType.whiteLevel }

  func block(_ leading: [Int]) throws -> [Float] {
    let size = shape.dropFirst(leading.count).reduce(1, *)
    let start = zip(leading, shape).reduce(0) { $0 * $1.1 + $1.0 } * size
    return try numPyErrors(URL(fileURLWithPath: file)) { try source.elements(start..<start + size).floats() }
  }
}

/// An array in memory.
struct MemoryBlocks: ArrayBlocks {
  let shape: [Int]
  let whiteLevel: Float?
  let file: String
  private let floats: @Sendable (Range<Int>) throws -> [Float]

  init(_ array: NumPyArray, file: String) {
    shape = array.shape
    whiteLevel = array.elementType.whiteLevel
    self.file = file
    let size = array.elementType.byteCount
    floats = { range in
      try NumPyArray(
        elementType: array.elementType, shape: [range.count],
        bytes: array.bytes.subdata(in: range.lowerBound * size..<range.upperBound * size)
      ).floats()
    }
  }

  init(_ array: IDXFile, file: String) {
    shape = array.shape
    whiteLevel = array.elementType == .unsigned8 ? 255 : nil
    self.file = file
    floats = { array.floats($0) }
  }

  func block(_ leading: [Int]) throws -> [Float] {
    let size = shape.dropFirst(leading.count).reduce(1, *)
    let start = zip(leading, shape).reduce(0) { $0 * $1.1 + $1.0 } * size
    return try floats(start..<start + size)
  }
}

extension NumPyElementType {
  /// The number that stands for white in a picture: bytes hold pictures, other numbers hold anything.
  var whiteLevel: Float? { self == .uint8 ? 255 : self == .bool ? 1 : nil }
}

/// Runs something that reads NumPy files; what is wrong is reported as a `DataError`.
func numPyErrors<Result>(_ url: URL, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as NumPyError {
    let kind: DataError.Kind =
      switch error.kind {
      case .foreignFormat: .foreignFormat
      case .unknownVersion, .unsupportedType: .unsupported
      case .malformedHeader, .byteCount: .corrupt
      case .shape: .wrongShape
      case .elementType: .wrongType
      case .missingArray: .missingObject
      case .unwritable: .notFound
      }
    throw DataError(
      kind, file: url.path, expected: error.expected, received: error.received, remedy: error.remedy)
  } catch let error as ZipError {
    throw DataError(
      error.kind == .unreadable ? .notFound : .corrupt, file: url.path, expected: error.expected,
      received: error.received, remedy: error.remedy)
  }
}

/// One array of a `.npz` archive.
enum NumPyArchiveBlocks {
  /// The array of the name, or the only one with two axes or more.
  static func open(_ url: URL, dataset: String?) throws -> any ArrayBlocks {
    try numPyErrors(url) {
      let archive = try NumPyArchive(contentsOf: url)
      if let dataset { return MemoryBlocks(try archive.array(dataset), file: url.path) }
      let arrays = try archive.names.map { ($0, try archive.array($0)) }.filter { $0.1.shape.count >= 2 }
      guard let only = arrays.first, arrays.count == 1 else {
        let list = arrays.map { "\($0.0) (\($0.1.shape.map(String.init).joined(separator: "×")))" }
        throw DataError(
          .missingObject, file: url.path, expected: "one array of frames, or the name of one",
          received: list.isEmpty ? "none" : list.joined(separator: ", "),
          remedy: "Name it by --dataset.")
      }
      return MemoryBlocks(only.1, file: url.path)
    }
  }
}
