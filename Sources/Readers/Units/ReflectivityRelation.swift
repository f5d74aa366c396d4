import Foundation

/// Rain rate R (mm/h) and radar reflectivity Z (mm⁶/m³) by a power law, Z = a R^b, with dBZ = 10 log₁₀ Z.
///
/// The default is that of Marshall and Palmer (1948, "The distribution of raindrops with size"), a = 200 and b = 1.6.
public struct ReflectivityRelation: Hashable, Codable, Sendable {
  public let a: Double
  public let b: Double

  public static let marshallPalmer = ReflectivityRelation(uncheckedA: 200, b: 1.6)

  private init(uncheckedA a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  /// - Throws: ``DataError`` if a constant is not positive.
  public init(a: Double, b: Double) throws {
    guard a > 0, b > 0, a.isFinite, b.isFinite else {
      throw DataError(
        .invalidOption, expected: "positive a and b of Z = a R^b", received: "\(a) and \(b)",
        remedy: "Marshall and Palmer's are 200 and 1.6.")
    }
    self.init(uncheckedA: a, b: b)
  }

  enum CodingKeys: CodingKey { case a, b }

  /// - Throws: `DecodingError` for missing constants, ``DataError`` for senseless ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(a: container.decode(Double.self, forKey: .a), b: container.decode(Double.self, forKey: .b))
  }

  /// From mm/h to dBZ; −∞ where it does not rain.
  public func decibels(rate: Float) -> Float {
    rate > 0 ? Float(10 * (log10(a) + b * log10(Double(rate)))) : -.infinity
  }

  /// From dBZ to mm/h.
  public func rate(decibels: Float) -> Float {
    Float(pow(pow(10, Double(decibels) / 10) / a, 1 / b))
  }
}
