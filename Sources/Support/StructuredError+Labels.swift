extension StructuredError {
  /// The file concerned, where there is one.
  public var file: String? { place }

  public init(_ kind: Kind, in place: String? = nil, expected: String, received: String, remedy: String) {
    self.init(kind, in: place, expected: expected, found: received, remedy: remedy)
  }

  public init(_ kind: Kind, file: String?, expected: String, received: String, remedy: String) {
    self.init(kind, in: file, expected: expected, found: received, remedy: remedy)
  }

  public init(_ kind: Kind, file: String?, expected: String, found: String, remedy: String) {
    self.init(kind, in: file, expected: expected, found: found, remedy: remedy)
  }
}

extension StructuredError where Kind: DefaultedErrorKind {
  public init(expected: String, found: String, remedy: String) {
    self.init(Kind.standard, expected: expected, found: found, remedy: remedy)
  }

  public init(expected: String, received: String, remedy: String) {
    self.init(Kind.standard, expected: expected, found: received, remedy: remedy)
  }
}
