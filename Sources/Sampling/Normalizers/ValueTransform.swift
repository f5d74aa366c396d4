import Foundation
import Readers

/// A scale on which values are spread more evenly than in their own unit.
public enum ValueTransform: Hashable, Codable, Sendable {
  /// y = x
  case identity
  /// y = log(1 + x / x₀) for x ≥ 0
  case logOnePlus(reference: Float)
  /// dBR: y = 10 log₁₀ x from the threshold on, and `below` under it. As in pysteps, `below` is usually 5 dB less
  /// than the threshold, so that dry and just wet differ.
  case decibels(threshold: Float, below: Float)
  /// Rain rate as dBZ, and `below` where that is less.
  case reflectivity(ReflectivityRelation, below: Float)

  /// dBR with `below` 5 dB under the threshold in mm/h.
  public static func dBR(threshold: Float = 0.1) -> ValueTransform {
    .decibels(threshold: threshold, below: 10 * log10(threshold) - 5)
  }

  func check() throws {
    let holds =
      switch self {
      case .identity: true
      case .logOnePlus(let reference): reference > 0 && reference.isFinite
      case .decibels(let threshold, let below):
        threshold > 0 && threshold.isFinite && below.isFinite && below < 10 * log10(threshold)
      case .reflectivity(_, let below): below.isFinite
      }
    guard holds else {
      throw DataError(
        .invalidOption,
        expected: "a positive reference or threshold, and a value for dry pixels below the threshold",
        received: "\(self)", remedy: "Choose for example 1 mm/h, or 0.1 mm/h and -15 dBR.")
    }
  }

  /// The strongest rain that ``inverse(_:)`` returns, as in ``LogRainNormalizer/ceiling``.
  static let ceiling: Float = 10_000

  /// From a physical value.
  public func callAsFunction(_ value: Float) -> Float {
    switch self {
    case .identity: value
    case .logOnePlus(let reference): log1p(max(0, value) / reference)
    case .decibels(let threshold, let below): value >= threshold ? 10 * log10(value) : below
    case .reflectivity(let relation, let below): max(below, relation.decibels(rate: value))
    }
  }

  /// Back to a physical value; what lies below the threshold becomes 0.
  public func inverse(_ y: Float) -> Float {
    switch self {
    case .identity: y
    case .logOnePlus(let reference):
      min(Self.ceiling, reference * expm1(min(max(0, y), log1p(Self.ceiling / reference))))
    case .decibels(let threshold, _):
      // Last bits are lost on the way: the threshold itself must come back as rain, and dry as dry.
      y < 10 * log10(threshold) - 1e-3 ? 0 : min(Self.ceiling, pow(10, y / 10))
    case .reflectivity(let relation, let below):
      y <= below + 1e-3 ? 0 : min(Self.ceiling, relation.rate(decibels: min(y, 100)))
    }
  }
}
