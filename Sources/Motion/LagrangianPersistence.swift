/// The forecast that any model of moving rain must beat: the last field moves on as the fields before it did
/// and neither grows nor decays.
public struct LagrangianPersistence: Sendable {
  /// How the motion is found.
  public var flow = OpticalFlow()
  /// How many of the last fields the motion is found in.
  public var frames = 3

  public init() {}

  /// The next `steps` fields, from observed rain rates in mm/h in order of time.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, or when their sizes differ.
  public func forecast(_ rain: [ImageField], steps: Int) throws(MotionError) -> [ImageField] {
    let motion = try motion(of: rain)
    return try SemiLagrangian().extrapolate(rain[rain.count - 1], along: motion, steps: steps)
  }

  /// The motion of rain rates in mm/h.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, or when their sizes differ.
  public func motion(of rain: [ImageField]) throws(MotionError) -> MotionField {
    try flow.motion(of: rain.suffix(max(frames, 2)).map { $0.decibels() })
  }
}
