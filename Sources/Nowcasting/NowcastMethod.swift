import Motion

/// A forecast of rain without training: the rain of the last frames moves on along its own motion.
public protocol NowcastMethod: Sendable {
  /// How many of the last fields are read; fewer, but at least two, will do.
  var frames: Int { get }

  /// How the motion is found.
  var flow: OpticalFlow { get }

  /// The next `steps` fields in mm/h, from observed rain rates in mm/h in order of time and their motion.
  ///
  /// - Throws: ``MotionError`` for too few fields, sizes that differ, or options out of range.
  func forecast(_ rain: [ImageField], along motion: MotionField, steps: Int) throws(MotionError)
    -> [ImageField]
}

extension NowcastMethod {
  /// The next `steps` fields in mm/h, from observed rain rates in mm/h in order of time.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, when their sizes differ, or for options out of range.
  public func forecast(_ rain: [ImageField], steps: Int) throws(MotionError) -> [ImageField] {
    try forecast(rain, along: motion(of: rain), steps: steps)
  }

  /// The motion of rain rates in mm/h, found in the last three fields at most.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, or when their sizes differ.
  public func motion(of rain: [ImageField]) throws(MotionError) -> MotionField {
    try flow.motion(of: rain.suffix(min(max(frames, 2), 3)).map { $0.decibels() })
  }
}
