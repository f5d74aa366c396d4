import Motion

/// Extrapolation: the last field moves on as the fields before it did and neither grows nor decays (Germann & Zawadzki
/// 2002).
public struct LagrangianPersistence: NowcastMethod {
  /// How the motion is found.
  public var flow = OpticalFlow()
  /// How many of the last fields the motion is found in, three at most.
  public var frames = 3

  public init() {}

  /// The next `steps` fields in mm/h, from observed rain rates in mm/h in order of time and their motion.
  ///
  /// - Throws: ``MotionError`` without a field, or when sizes differ.
  public func forecast(
    _ rain: [ImageField], along motion: MotionField, steps: Int
  ) throws(MotionError) -> [ImageField] {
    guard let last = rain.last else {
      throw MotionError(expected: "a field to move", received: "none", remedy: "Pass the observed fields.")
    }
    return try SemiLagrangian().extrapolate(last, along: motion, steps: steps)
  }
}
