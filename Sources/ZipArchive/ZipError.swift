/// Why an archive or a file in it could not be read or written: what was expected, what came, what to do.
public struct ZipError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure, for code that decides by them.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The file is missing, not a regular file, or the system refused to read it.
    case unreadable
    /// There is no archive in the bytes.
    case notAnArchive
    /// The archive's directory or one of its files contradicts itself.
    case corrupt
    /// The archive uses something this reader does not have: encryption, another compression, several disks.
    case unsupported
    /// A name that would lead out of the archive, is empty or no text.
    case badName
    /// Two files share a name.
    case duplicateName
    /// Two files share bytes, as zip bombs do.
    case overlap
    /// More files or bytes than the limits allow.
    case tooLarge
    /// The bytes do not add up to the checksum.
    case checksum
    /// No file of the requested name is in the archive.
    case missingEntry
    /// The archive could not be written.
    case unwritable
  }

  public let kind: Kind
  public let expected: String
  public let received: String
  public let remedy: String

  public init(_ kind: Kind, expected: String, received: String, remedy: String) {
    self.kind = kind
    self.expected = expected
    self.received = received
    self.remedy = remedy
  }

  public var description: String { "zip: expected \(expected), received \(received). \(remedy)" }

  static let fetchAgain = "The archive is truncated or damaged: fetch or write it again."

  static func corrupt(_ expected: String, received: String) -> Self {
    Self(.corrupt, expected: expected, received: received, remedy: fetchAgain)
  }
}
