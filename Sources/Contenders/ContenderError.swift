import Support

/// A contender that does not exist or cannot do what it is asked for.
public typealias ContenderError = StructuredError<ContenderErrorKind>

/// The kinds of ``ContenderError``.
public enum ContenderErrorKind: String, DefaultedErrorKind {
  /// A name that no contender has, or an option or budget that one cannot meet.
  case unusable

  public static var standard: Self { .unusable }
}
