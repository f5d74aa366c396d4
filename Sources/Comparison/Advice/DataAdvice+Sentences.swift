import Foundation
import Support
import Verification

/// The advice in words.
extension DataAdvice {
  static func answer(
    _ recommendation: Recommendation, _ nearest: MeasuredDial.Point?, _ study: MeasuredDial?
  ) -> String {
    switch recommendation {
    case .contender(let name):
      return "Train \(displayName(name)) first: on synthetic data with this index its error was lower by "
        + "\(nearest.map { number($0.margin) } ?? "") of the variance, at equal parameters."
    case .either:
      let names = (study?.contenders ?? []).map(displayName).joined(separator: " nor ")
      return
        "Neither \(names) is ahead at this index: take the cheaper one. `squall compare` measures both on "
        + "these data."
    case .unmeasured:
      return
        "No recommendation: how this index relates to the better contender has not been measured. `squall "
        + "compare` measures them on these data."
    }
  }

  static func reasons(
    _ measurement: InteractionMeasurement, _ samples: InteractionSampling.Samples,
    _ nearest: MeasuredDial.Point?, _ study: MeasuredDial?, _ isBeyondDial: Bool
  ) -> [String] {
    var reasons = [
      "Space–time interaction index \(text(measurement.index)): the part of the covariance of space and time that "
        + "no product of both explains, \(number(measurement.byChance)) of chance taken off.",
      "Transport \(text(measurement.transport)): the part that moves in one direction; structures move by about "
        + "\(number(measurement.medianSpeed * Double(samples.factor), digits: 1)) pixels a frame.",
    ]
    if let nearest, let study {
      reasons.append(
        "Nearest point of the interaction dial: θ = \(number(nearest.theta)), index \(number(nearest.index)). There "
          + "the error as a share of the variance was "
          + zip(study.contenders, nearest.errors).map { "\(number($1, digits: 3)) for \(displayName($0)), " }
          .joined()
          + "\(number(nearest.optimum, digits: 3)) for the best linear forecast (\(study.setting)).")
      if isBeyondDial { reasons.append("The index lies beyond the dial's largest.") }
    }
    return reasons
  }

  static func limits(
    _ samples: InteractionSampling.Samples, _ measurement: InteractionMeasurement, _ areClips: Bool,
    _ study: MeasuredDial?
  ) -> [String] {
    var limits = [
      "The index sees covariances only, motion of up to \(measurement.options.spatialLag * samples.factor) pixels in "
        + "up to \(measurement.options.temporalLag) frames"
        + (samples.factor > 1 ? ", on means over \(samples.factor) × \(samples.factor) pixels." : ".")
    ]
    if samples.isLogarithmic { limits.append("Rain was taken as log(1 + R).") }
    if Set(samples.samples.map(\.block)).count < BlockBootstrap.fewestBlocks {
      limits.append(
        "Fewer than \(BlockBootstrap.fewestBlocks) stretches were measured: there is no interval.")
    }
    if samples.sequences == 1 {
      limits.append("One sequence: the interval says nothing about other events.")
    }
    if areClips {
      limits.append(
        "For classes the index describes the clips, not what tells the classes apart: it may be high where "
          + "appearance alone decides.")
    }
    if study == nil {
      limits.append(
        "The relation between index and better contender has not been measured (script/dial-study).")
    } else if study?.indexPredictsMargin == false {
      limits.append("On synthetic data the index did not tell how far the contenders are apart.")
    } else {
      if let study, let winner = study.soleWinner {
        limits.append(
          "On synthetic data \(displayName(study.contenders[winner])) was ahead wherever two seeds agree: the index says "
            + "by how much, not which one wins.")
      }
      limits.append(
        "The relation was measured on synthetic Gaussian fields with one size of model; `squall compare` confirms or "
          + "contradicts it on these data.")
    }
    return limits
  }

  private static func text(_ estimate: ScoreEstimate) -> String {
    guard let value = estimate.value else { return "undefined" }
    guard let interval = estimate.interval else { return number(value) }
    return "\(number(value)) (95% interval \(number(interval.lower)) to \(number(interval.upper)))"
  }

  private static func number(_ value: Double, digits: Int = 2) -> String {
    NumberText.fixed(value, digits)
  }

  /// The advice as `squall advise` prints it.
  package var text: String {
    let measured =
      "\(data): \(sequences) \(sequences == 1 ? "sequence" : "sequences"), \(measured) "
      + "\(measured == 1 ? "part" : "parts") measured in \(Self.number(seconds, digits: 1)) s"
    return ([measured, "", answer, ""] + reasons + [""] + limits.map { "- \($0)" }).joined(separator: "\n")
  }
}
