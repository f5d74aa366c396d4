/// What the values of a frame mean.
public enum PhysicalUnit: String, Codable, CaseIterable, Sendable {
  /// Rain rate in mm/h.
  case millimetresPerHour = "mm/h"
  /// Rain accumulated over the time between frames, in mm.
  case millimetres = "mm"
  /// Radar reflectivity, 10 log₁₀ of Z in mm⁶/m³.
  case decibelsZ = "dBZ"
  /// Brightness of a picture, 0 (black) to 1 (white).
  case brightness
  /// A number without a unit.
  case dimensionless

  /// What stands behind a number; empty where nothing does.
  public var symbol: String { self == .brightness || self == .dimensionless ? "" : rawValue }
}
