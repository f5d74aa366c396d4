/// Moves a field along a motion field that stays as it is: each pixel is followed backwards to where it came
/// from (Germann & Zawadzki 2002), the displacement of each step taken at its middle, and read there between
/// pixels.
public struct SemiLagrangian: Sendable {
  public init() {}

  /// The field after 1, 2, … `steps` frames. A pixel is missing where it came from beyond the edge or from
  /// next to a missing one.
  ///
  /// - Throws: ``MotionError`` when field and motion differ in size or a step is negative.
  public func extrapolate(
    _ field: ImageField, along motion: MotionField, steps: Int
  ) throws(MotionError) -> [ImageField] {
    guard field.height == motion.height, field.width == motion.width, steps >= 0 else {
      throw MotionError(
        expected: "a field and a motion of one size and no negative number of steps",
        received: "\(field.height) × \(field.width), \(motion.height) × \(motion.width), \(steps) steps",
        remedy: "Find the motion in frames of the same grid.")
    }
    var path = Trajectory(motion)
    return (0..<steps).map { _ in
      path.advance()
      return path.read(field)
    }
  }

  /// Where each pixel was `steps` frames ago relative to where it is, `[height, width]`: columns and rows.
  ///
  /// - Throws: ``MotionError`` for a negative step.
  public func displacement(along motion: MotionField, steps: Int) throws(MotionError) -> MotionField {
    guard steps >= 0 else {
      throw MotionError(
        expected: "no negative number of steps", received: "\(steps)", remedy: "Motion is followed forwards.")
    }
    var path = Trajectory(motion)
    for _ in 0..<steps { path.advance() }
    return MotionField(
      height: motion.height, width: motion.width, checked: path.x.map { Float($0) }, path.y.map { Float($0) })
  }
}
