import Motion
import Nowcasting
import Readers

/// Observed frames in Lagrangian coordinates: each is moved along the motion to the time of the last one, so that rain
/// which only moves stands still, and a network sees growth and decay (Germann and Zawadzki 2002; Ritvanen et al. 2023
/// train on such frames).
package enum AlignedFrames {
  /// The frames, `[frame][pixel]` of the first channel in physical units, the last one as it is. What comes from beyond
  /// the domain or from a missing pixel is not a number.
  ///
  /// - Parameter observed: The observed frames of the whole domain, oldest first.
  /// - Throws: `MotionError` for fewer than two frames or frames of several sizes.
  package static func fields(of observed: [Frame]) throws -> [[Float]] {
    let images = try observed.map(ImageField.init)
    let motion = try LagrangianPersistence().motion(of: images)
    return try SemiLagrangian().aligned(images, along: motion).map { field in
      zip(field.values, field.isValid).map { $1 ? $0 : .nan }
    }
  }
}

extension ImageField {
  /// The first channel of a frame.
  package init(_ frame: Frame) throws {
    let (values, isValid) = frame.firstChannel
    try self.init(
      height: frame.shape.height, width: frame.shape.width, values: values, isValid: isValid)
  }
}
