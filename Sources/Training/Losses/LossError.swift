import Support

/// Values or options that a loss cannot work with: what was expected, what came, and what to do.
///
/// Shapes that do not fit are `ShapeError`s, as everywhere.
public typealias LossError = StructuredError<LossErrorKind>

/// The kinds of ``LossError``.
public enum LossErrorKind: String, ErrorKind {
  /// No element is valid, so there is no mean.
  case nothingValid
  /// A class index is no whole number or names no class.
  case noSuchClass
  /// Weights and rates that do not describe classes of rain.
  case invalidWeights
  /// A name that no loss has.
  case unknownName
  /// An option outside its range.
  case invalidOption
}
