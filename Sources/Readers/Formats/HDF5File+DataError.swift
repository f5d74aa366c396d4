import Foundation
import HDF5

extension HDF5File {
  /// Opens a file as `reading(_:_:)` does; what is wrong with it is reported as a `DataError`.
  static func readingData<Result: Sendable>(
    _ url: URL, _ body: (HDF5File) throws -> Result
  ) throws -> Result {
    do {
      return try reading(url, body)
    } catch let error as HDF5Error {
      let kind: DataError.Kind =
        switch error.kind {
        case .notFound: .notFound
        case .foreignFormat: .foreignFormat
        case .missingObject: .missingObject
        case .wrongType: .wrongType
        case .unsupported: .unsupported
        case .wrongShape: .wrongShape
        case .corrupt, .externalData, .readerFailed, .unwritable: .corrupt
        }
      throw DataError(
        kind, file: error.file, expected: error.expected, received: error.received, remedy: error.remedy)
    }
  }
}
