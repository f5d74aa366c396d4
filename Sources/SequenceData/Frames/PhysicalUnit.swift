/// What the values of a frame mean.
public enum PhysicalUnit: String, Codable, CaseIterable, Sendable {
  /// Rain rate in mm/h.
  case millimetresPerHour = "mm/h"
  /// Brightness of a picture, 0 (black) to 1 (white).
  case brightness
  /// A number without a unit.
  case dimensionless
}
