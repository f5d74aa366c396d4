/// Why an HDF5 file could not be read or written: which file, what was expected, what came, what to do.
public struct HDF5Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure, for code that decides by them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// There is no such file, or it may not be read.
    case notFound
    /// The file is of another format altogether.
    case foreignFormat
    /// The file is truncated or damaged.
    case corrupt
    /// A group, data set or attribute is absent.
    case missingObject
    /// Something is there but of another type.
    case wrongType
    /// Something that neither this package nor the libhdf5 at hand can undo, such as a compression.
    case unsupported
    /// Sizes beyond any reason, or more of them than the limits allow.
    case wrongShape
    /// The file points to other files, which are not followed.
    case externalData
    /// The process that read a foreign file broke off, took too long or too much memory.
    case readerFailed
    /// The file could not be written.
    case unwritable
  }

  public let kind: Kind
  /// The file concerned, where there is one.
  public let file: String?
  public let expected: String
  public let received: String
  public let remedy: String

  public init(_ kind: Kind, file: String? = nil, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.file = file
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String {
    let place = file.map { "\($0): " } ?? ""
    return "\(place)expected \(expected), received \(received). \(remedy)"
  }
}
