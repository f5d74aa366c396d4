/// Values or options that a loss cannot work with: what was expected, what came, and what to do.
///
/// Shapes that do not fit are `ShapeError`s, as everywhere.
public struct LossError: Error, Equatable, Sendable {
  /// What kind of misfit it is, for code that reacts to one.
  public enum Kind: String, Sendable {
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

  public let kind: Kind
  /// The loss that refused.
  public let place: String
  public let expected: String
  public let received: String
  public let remedy: String
}

extension LossError: CustomStringConvertible {
  public var description: String { "\(place): expected \(expected), received \(received). \(remedy)" }
}
