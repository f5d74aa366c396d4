import Motion
import Nowcasting
import Readers

/// Motion-extrapolated frames: the last observed frame moves on along the motion of the frames before it, found over
/// the whole domain (optical flow, semi-Lagrangian extrapolation). A baseline, and what models may read. Another nowcast
/// may take the place of extrapolation.
///
/// Whatever comes from beyond the domain or from a missing pixel counts as 0: dry.
public struct MotionExtrapolation: Sendable {
  /// How many frames ahead.
  public let leads: Int
  private let method: any NowcastMethod

  public init(leads: Int, method: any NowcastMethod = LagrangianPersistence()) {
    self.leads = leads
    self.method = method
  }

  /// How many of the last observed frames are read.
  public var frames: Int { method.frames }

  /// The frames ahead in physical units, `[lead][pixel]` of the whole domain.
  ///
  /// - Parameter observed: The observed frames of the whole domain, oldest first, in physical units; only the first
  ///   channel of the last ``frames`` counts.
  /// - Throws: `MotionError` for fewer than two frames or frames of several sizes.
  public func fields(after observed: [Frame]) throws -> [[Float]] {
    let images = try observed.suffix(frames).map(ImageField.init)
    return try method.forecast(images, steps: leads).map(\.values)
  }
}

extension Frame {
  /// Values and mask of the first channel, `[height, width]`: what is forecast.
  var firstChannel: (values: [Float], isValid: [Bool]) {
    guard shape.channels > 1 else { return (values, isValid) }
    let places = stride(from: 0, to: values.count, by: shape.channels)
    return (places.map { values[$0] }, places.map { isValid[$0] })
  }
}
