import Foundation

/// What stored numbers mean before they become the values of a frame.
public enum StoredUnit: String, Codable, CaseIterable, Sendable {
  /// Rain rate.
  case millimetresPerHour = "mm/h"
  /// Rain over the interval between frames; needs the interval.
  case millimetres = "mm"
  /// Radar reflectivity; becomes rain rate by Z = 200 R^1.6 (Marshall and Palmer 1948).
  case decibels = "dBZ"
  /// 0 is black, 1 white. Whole numbers are divided by the largest of their type.
  case brightness
  /// Any other number, left as it is.
  case dimensionless

  /// The unit of the frames.
  public var frameUnit: PhysicalUnit {
    switch self {
    case .millimetresPerHour, .millimetres, .decibels: .millimetresPerHour
    case .brightness: .brightness
    case .dimensionless: .dimensionless
    }
  }

  /// Turns numbers into values of ``frameUnit``, in place.
  ///
  /// - Throws: ``DataError`` if accumulations come without an interval in minutes.
  func convert(_ values: inout [Float], interval: Double?, file: String) throws {
    switch self {
    case .millimetresPerHour, .brightness, .dimensionless: break
    case .millimetres:
      guard let interval, interval > 0 else {
        throw DataError(
          .badValue, file: file, expected: "the minutes over which rain was summed up",
          received: "none in the file", remedy: "Pass --interval MINUTES, so that mm can become mm/h.")
      }
      let factor = Float(60 / interval)
      for index in values.indices { values[index] *= factor }
    case .decibels:
      for index in values.indices { values[index] = Self.rate(decibels: values[index]) }
    }
  }

  /// R = (10^(dBZ/10) / 200)^(1/1.6) in mm/h; a NaN stays one, and −∞ (no echo) is no rain.
  static func rate(decibels: Float) -> Float {
    decibels == -.infinity ? 0 : pow(pow(10, decibels / 10) / 200, 1 / 1.6)
  }
}
