/// What handling sequences came to.
public struct HandlingCounts: Equatable, Codable, Sendable {
  /// Frames that were put into gaps.
  public var bridgedFrames = 0
  /// Gaps that were too long, at each of which an event ends.
  public var openGaps = 0
  /// Frames that were left out because they lie between two ticks of the clock.
  public var framesOffTheClock = 0
  /// Frames that belong to no event because the field is dry.
  public var dryFrames = 0
  /// Events that dry spells left.
  public var wetEvents = 0

  public init() {}
}
