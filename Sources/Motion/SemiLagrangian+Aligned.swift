extension SemiLagrangian {
  /// Observed fields in Lagrangian coordinates: each moves on to the time of the last one, which stays as it is.
  ///
  /// - Parameters:
  ///   - fields: In order of time.
  ///   - motion: The motion that all of them follow.
  /// - Throws: ``MotionError`` when fields and motion differ in size.
  public func aligned(
    _ fields: [ImageField], along motion: MotionField
  ) throws(MotionError) -> [ImageField] {
    var path = Trajectory(motion)
    var aligned: [ImageField] = []
    for field in fields.reversed() {
      guard field.height == motion.height, field.width == motion.width else {
        throw MotionError(
          expected: "fields and a motion of one size",
          received: "\(field.height) × \(field.width), \(motion.height) × \(motion.width)",
          remedy: "Find the motion in frames of the same grid.")
      }
      if aligned.isEmpty {
        aligned.append(field)
      } else {
        path.advance()
        aligned.append(path.read(field))
      }
    }
    return aligned.reversed()
  }
}
