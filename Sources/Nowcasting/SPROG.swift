import Foundation
import Motion

/// Spectral prognosis (Seed 2003): rain moves on along its motion, and each scale of it fades as fast as it did in the
/// last frames. Small showers are soon smoothed away, large areas last: the forecast makes errors small, and leaves the
/// place of what cannot be foreseen empty.
///
/// The fields are split into levels of scale in decibels of rain. Each level follows an autoregressive model of its own
/// in the frame that moves with the rain. The levels together are cut to the wet area observed last, given its
/// distribution, and moved on. The steps, their order and the options are those of pysteps' `sprog` in the spatial
/// domain (Pulkkinen et al. 2019).
public struct SPROG: NowcastMethod {
  /// How the motion is found.
  public var flow = OpticalFlow()
  /// How many levels of scale, three or more.
  public var cascadeLevels = 6
  /// The order of the autoregressive models, 1 or 2; one less than the fields given where these are fewer.
  public var order = 2
  /// Whether the forecast is dry outside the strongest pixels, as many as were wet in the last field.
  public var masking = true
  /// How the rain is made as strong as the rain observed last.
  public var matching = ProbabilityMatching.distribution
  /// The weakest rain in mm/h; below it is dry.
  public var threshold: Float = 0.1
  /// Whether means, deviations and correlations are those of the pixels that are wet in all fields.
  public var conditional = false

  public init() {}

  /// How many of the last fields are read.
  public var frames: Int { order + 1 }

  /// The next `steps` fields in mm/h, from observed rain rates in mm/h in order of time and their motion. A pixel is
  /// missing where it comes from beyond the edge, or from where one of the fields has none.
  ///
  /// - Throws: ``MotionError`` with fewer than two fields, when sizes differ, or for options out of range.
  public func forecast(
    _ rain: [ImageField], along motion: MotionField, steps: Int
  ) throws(MotionError) -> [ImageField] {
    try check(rain, motion, steps)
    let fields = rain.suffix(frames)
    let transform = RainDecibels(threshold: threshold)
    let decibels = fields.map { transform.decibels($0) }
    guard let prepared = SPROGState(self, decibels, fields.map(\.isValid), motion, transform) else {
      return try still(Array(fields), motion, steps)
    }
    var state = prepared
    var path = Trajectory(motion)
    return (0..<steps).map { _ in
      let field = state.advance()
      path.advance()
      let (values, mask) = path.read(field, state.isValid)
      return ImageField(
        height: motion.height, width: motion.width, checked: transform.rates(values, mask), mask)
    }
  }

  /// Dry fields, where nothing but their edges moves.
  private func still(
    _ fields: [ImageField], _ motion: MotionField, _ steps: Int
  ) throws(MotionError) -> [ImageField] {
    let mask = fields[0].isValid.indices.map { pixel in fields.allSatisfy { $0.isValid[pixel] } }
    let dry = ImageField(
      height: motion.height, width: motion.width, checked: [Float](repeating: 0, count: mask.count), mask)
    return try SemiLagrangian().extrapolate(dry, along: motion, steps: steps)
  }

  private func check(_ rain: [ImageField], _ motion: MotionField, _ steps: Int) throws(MotionError) {
    guard cascadeLevels > 2, (1...2).contains(order), threshold > 0, threshold.isFinite, steps >= 0 else {
      throw MotionError(
        expected:
          "three cascade levels or more, an order of 1 or 2, a threshold above 0 mm/h and no negative number "
          + "of steps",
        received: "\(cascadeLevels) levels, order \(order), \(threshold) mm/h and \(steps) steps",
        remedy: "Change the options of S-PROG.")
    }
    guard rain.count > 1 else {
      throw MotionError(
        expected: "at least two fields, and three for order 2", received: "\(rain.count)",
        remedy: "Pass consecutive frames of one sequence.")
    }
    let sizes = Set(rain.map { "\($0.height) × \($0.width)" } + ["\(motion.height) × \(motion.width)"])
    guard sizes.count == 1, max(motion.height, motion.width) > 3 else {
      throw MotionError(
        expected: "fields and a motion of one size, with a side of at least 4 pixels",
        received: sizes.sorted().joined(separator: ", "),
        remedy: "Find the motion in frames of the same grid, and use a larger one.")
    }
  }
}
