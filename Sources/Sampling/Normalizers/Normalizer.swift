/// Brings physical values into the range in which networks learn well, and back.
///
/// A normaliser is fitted on the training part only and stored with the model.
public protocol Normalizer: Codable, Equatable, Sendable {
  /// What the network sees where a value is missing, in normalised units.
  var fillValue: Float { get }
  /// From a physical value to normalised units.
  func normalize(_ value: Float) -> Float
  /// From normalised units to a physical value.
  func denormalize(_ value: Float) -> Float
}
