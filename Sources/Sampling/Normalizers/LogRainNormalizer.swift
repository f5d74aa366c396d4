import Foundation
import Readers

/// Rain rates on a logarithmic scale, which is how differently strong they look to a forecaster:
///
///     y = (log(1 + r / r₀) − shift) / scale
///
/// with r and r₀ in mm/h. A dry pixel (r = 0) and a missing one stay apart: the first becomes −shift / scale,
/// the second ``fillValue``.
public struct LogRainNormalizer: Normalizer {
  /// How shift and scale are chosen from the training part.
  public enum Method: String, Codable, CaseIterable, Sendable {
    /// Dry is 0 and the root mean square is 1, so that zero padding at the edge of a tile means “dry”.
    case dryAtZero
    /// Mean 0 and standard deviation 1.
    case standard
    /// Dry is 0 and the highest rate 1.
    case minMax
  }

  /// The strongest rain that ``denormalize(_:)`` returns, in mm/h, several times the strongest ever measured:
  /// an untrained network must not make infinities out of an exponential.
  public static let ceiling: Float = 10_000

  /// r₀ in mm/h: well below it the scale is linear, well above it logarithmic.
  public let referenceRate: Float
  public let shift: Float
  public let scale: Float
  public let fillValue: Float

  /// A normaliser with known constants.
  ///
  /// - Parameters:
  ///   - referenceRate: r₀ in mm/h.
  ///   - shift: What is taken off the logarithm.
  ///   - scale: What the rest is divided by.
  ///   - fillValue: The normalised value of missing pixels; half a unit below dry by default.
  /// - Throws: `DataError` if the reference rate or the scale is not positive.
  public init(referenceRate: Float = 1, shift: Float, scale: Float, fillValue: Float? = nil) throws {
    guard referenceRate > 0, referenceRate.isFinite, scale > 0, scale.isFinite, shift.isFinite,
      fillValue?.isFinite ?? true
    else {
      throw DataError(
        .invalidOption, expected: "a positive reference rate and scale, all constants finite",
        received: "reference rate \(referenceRate), shift \(shift), scale \(scale)",
        remedy: "Fit the normaliser on frames that hold rain.")
    }
    self.referenceRate = referenceRate
    self.shift = shift
    self.scale = scale
    self.fillValue = fillValue ?? -shift / scale - 0.5
  }

  /// Fits the constants on the valid values of some frames: the training part, and nothing else.
  ///
  /// - Throws: `DataError` if the source is not in mm/h or no frame holds rain; whatever reading throws.
  public init(
    fittedOn source: some FrameSource, frames: some Sequence<Int>, method: Method = .dryAtZero,
    referenceRate: Float = 1
  ) throws {
    guard source.unit == .millimetresPerHour else {
      throw DataError(
        .wrongType, expected: "values in \(PhysicalUnit.millimetresPerHour.rawValue)",
        received: "values in \(source.unit.rawValue)", remedy: "Use another normaliser for this data.")
    }
    var statistics = LogStatistics()
    for index in frames { statistics.add(try source.frame(at: index), referenceRate: referenceRate) }
    guard statistics.maximum > 0 else {
      throw DataError(
        .badValue, expected: "some rain in frames \(frames)",
        received: statistics.count == 0 ? "no valid value" : "only dry frames",
        remedy: "Train on a period with rain.")
    }
    switch method {
    case .dryAtZero:
      try self.init(
        referenceRate: referenceRate, shift: 0,
        scale: Float((statistics.squares / statistics.count).squareRoot()))
    case .standard:
      let mean = statistics.sum / statistics.count
      let variance = max(0, statistics.squares / statistics.count - mean * mean)
      try self.init(referenceRate: referenceRate, shift: Float(mean), scale: Float(variance.squareRoot()))
    case .minMax:
      try self.init(referenceRate: referenceRate, shift: 0, scale: Float(statistics.maximum))
    }
  }

  /// A stored normaliser.
  ///
  /// - Throws: `DecodingError` for missing constants, `DataError` for senseless ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      referenceRate: container.decode(Float.self, forKey: .referenceRate),
      shift: container.decode(Float.self, forKey: .shift),
      scale: container.decode(Float.self, forKey: .scale),
      fillValue: container.decode(Float.self, forKey: .fillValue))
  }

  public func normalize(_ value: Float) -> Float { (log1p(max(0, value) / referenceRate) - shift) / scale }

  /// From normalised units to mm/h, at least 0 and at most ``ceiling``.
  public func denormalize(_ value: Float) -> Float {
    let exponent = min(max(0, value * scale + shift), log1p(Self.ceiling / referenceRate))
    return min(Self.ceiling, referenceRate * expm1(exponent))
  }
}

/// Sums over log(1 + r / r₀) of valid values.
private struct LogStatistics {
  var count = 0.0
  var sum = 0.0
  var squares = 0.0
  var maximum = 0.0

  mutating func add(_ frame: Frame, referenceRate: Float) {
    for (value, isValid) in zip(frame.values, frame.isValid) where isValid {
      let y = Double(log1p(max(0, value) / referenceRate))
      count += 1
      sum += y
      squares += y * y
      maximum = max(maximum, y)
    }
  }
}
