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
    var aligned: [ImageField] = []
    for (index, field) in fields.enumerated() {
      let steps = fields.count - 1 - index
      aligned.append(try extrapolate(field, along: motion, steps: steps).last ?? field)
    }
    return aligned
  }
}
