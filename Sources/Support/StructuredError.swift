/// An error in the one shape that all of this package's errors have: what was expected, what was found instead and
/// what to do about it.
///
/// Each module names its own by its kinds, such as `DataError` for `StructuredError<DataErrorKind>`.
public struct StructuredError<Kind: ErrorKind>: ExplainedError, Hashable {
  /// The kind of failure, for code that decides by it.
  public let kind: Kind
  /// The file, layer or option concerned, where there is one.
  public let place: String?
  public let expected: String
  public let found: String
  /// What the user can do.
  public let remedy: String

  public init(_ kind: Kind, in place: String? = nil, expected: String, found: String, remedy: String) {
    self.kind = kind
    self.place = place ?? Kind.usualPlace
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }
}

/// What every error of this package says, of whatever shape it is.
public protocol ExplainedError: Error, CustomStringConvertible {
  associatedtype Kind: Hashable & Sendable
  var kind: Kind { get }
  var place: String? { get }
  var expected: String { get }
  var found: String { get }
  var remedy: String { get }
}

/// The kinds of failure of one module.
public protocol ErrorKind: Hashable, Sendable {
  /// What errors name as their place where they have no other: a file format, say.
  static var usualPlace: String? { get }
}

extension ErrorKind {
  public static var usualPlace: String? { nil }
}

/// Kinds of which one is meant where an error names none.
public protocol DefaultedErrorKind: ErrorKind {
  static var standard: Self { get }
}
