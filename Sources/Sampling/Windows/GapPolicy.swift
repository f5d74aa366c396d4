/// What happens where frames are missing or come at other times than the step says. Without a policy, windows over
/// a gap are left out and counted (``WindowIndex/droppedByGaps``).
public enum GapPolicy: Equatable, Codable, Sendable {
  /// Nothing is put in; windows over a gap are left out and counted.
  case drop
  /// The last frame before the gap again, in up to so many places in a row.
  case repeatLast(atMost: Int)
  /// Between the frames before and after, pixel by pixel in proportion to time, in up to so many places in a row.
  /// A pixel is valid where it is in both.
  case interpolate(atMost: Int)
  /// Frames without a valid pixel, in up to so many places in a row.
  case mask(atMost: Int)

  var longest: Int {
    switch self {
    case .drop: 0
    case .repeatLast(let most), .interpolate(let most), .mask(let most): most
    }
  }
}
