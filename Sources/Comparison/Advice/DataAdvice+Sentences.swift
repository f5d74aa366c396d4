import Foundation
import Readers
import Support
import Verification

/// The advice in words.
extension DataAdvice {
  var answerText: String {
    if startsFromNowcast, twins != nil, recommendation != .unmeasured { return rainAnswer }
    guard let prediction else {
      return "No advice: "
        + (twins == nil
          ? "the sequences are too short to fit and to judge two linear models"
          : "there is no study to read the linear models by")
        + ". `squall compare` measures the contenders on these data."
    }
    let odds =
      "ConvLSTM2D's squared error lower by more than 5%: \(percent(prediction.convLSTM2D)); Conv2D + LSTM's: "
      + "\(percent(prediction.conv2DLSTM)); within 5%: \(percent(prediction.neither))."
    switch recommendation {
    case .contender(let name):
      let difference = 1 - exp(-abs(prediction.advantage))
      return
        "Train \(Self.displayName(name)) first: its squared error is expected to be \(percent(difference)) lower. \(odds)"
    case .either:
      return "Neither family is expected to be better by more than 5%: take the cheaper one. \(odds)"
    case .baseline(let name):
      return
        "Before training, use \(name): the probability that it is at least as good as both families is "
        + "\(percent(prediction.baseline)). `squall nowcast` forecasts without training; more events may change the "
        + "answer. \(odds)"
    case .unmeasured: return odds
    }
  }

  /// Rain: the fields favour a family, but what is left after the nowcast has not been studied.
  private var rainAnswer: String {
    let fields: String
    switch recommendation {
    case .contender(let name):
      fields = "Train \(Self.displayName(name)) first: fields like these suit it."
    case .either, .baseline, .unmeasured:
      fields = "These fields suit neither family better: take the cheaper one."
    }
    return fields
      + " No probability is given for rain: its trained forecasts start from a nowcast, which leaves less to differ by, "
      + "and the study has no such sets. `squall nowcast` forecasts without training."
  }

  /// How far, how fixed in place, how fast, in physical words.
  var reasonTexts: [String] {
    var reasons: [String] = []
    if let twins {
      let (local, global) = (twins.local.reduce(0, +), twins.global.reduce(0, +))
      let reach = twins.radius * factor
      if twins.advantage > 0.1 {
        reasons.append(
          "What a pixel does next lies in its surroundings, by one law for all places: \(explained(twins.local, twins)) "
            + "is explained by what lies within \(pixels(reach)), and \(explained(twins.global, twins)) by "
            + "\(twins.rank) patterns of the whole frame.")
      } else if twins.advantage < -0.1 {
        reasons.append(
          "What a pixel does next is fixed in place or decided far away: \(twins.rank) patterns of the whole frame "
            + "explain \(explained(twins.global, twins)), and what lies within \(pixels(reach)) explains "
            + "\(explained(twins.local, twins)).")
      } else {
        reasons.append(
          "Surroundings and whole frame tell alike: what lies within \(pixels(reach)) explains "
            + "\(explained(twins.local, twins)), \(twins.rank) patterns of the whole frame "
            + "\(explained(twins.global, twins)).")
      }
      if min(local, global) > 0.95 * Double(twins.leads.count) {
        reasons.append(
          "Neither explains more than the mean does: there is little to be learned from these frames.")
      }
      reasons.append(
        "Without training, \(twins.betterBaseline) explains "
          + "\(explained(twins.bestBaseline, twins))."
      )
      if let speed = twins.speed {
        reasons.append("Structures move by about \(NumberText.fixed(speed, 1)) pixels a frame.")
      }
    }
    if let index = interaction?.index, let value = index.value {
      let interval = index.interval.map {
        " (95% interval \(NumberText.fixed($0.lower, 2)) to \(NumberText.fixed($0.upper, 2)))"
      }
      reasons.append(
        "Space–time interaction index \(NumberText.fixed(value, 2))\(interval ?? ""): the share of the covariance that "
          + "no product of space and time explains.")
    }
    return reasons
  }

  func limitTexts(_ samples: InteractionSampling.Samples, _ model: AdviceModel?) -> [String] {
    var limits: [String] = []
    if let twins {
      let interval = twins.advantageInterval.map {
        ", 95% interval \(NumberText.fixed($0.lower, 2)) to \(NumberText.fixed($0.upper, 2))"
      }
      limits.append(
        "Fitted on \(twins.windows) windows of \(inputFrames) + \(forecastFrames) frames and judged on "
          + "\(twins.heldWindows) others in \(twins.blocks) blocks: logarithm of the ratio of errors "
          + "\(NumberText.fixed(twins.advantage, 2))\(interval ?? ", no interval with fewer than \(BlockBootstrap.fewestBlocks) blocks")."
      )
    }
    if samples.factor > 1 {
      limits.append("Measured on means over \(samples.factor) × \(samples.factor) pixels.")
    }
    if samples.isLogarithmic {
      limits.append("Rain was taken as log(1 + R).")
    }
    if samples.sequences == 1 {
      limits.append("One sequence: nothing is said about other events.")
    }
    if let model, !startsFromNowcast {
      limits.append(
        "The probabilities rest on \(model.rows.count) generated sets; `squall compare` measures on these data and "
          + "counts.")
    }
    return limits
  }

  /// "86% of the variance one frame ahead and 34% at 12".
  private func explained(_ errors: [Double], _ twins: LinearTwins) -> String {
    guard let first = errors.first, let last = errors.last, let lead = twins.leads.last else {
      return "nothing"
    }
    let near =
      "\(percent(max(0, 1 - first))) of the variance \(twins.leads[0] == 1 ? "one frame" : "\(twins.leads[0]) frames") ahead"
    return twins.leads.count > 1 ? near + " and \(percent(max(0, 1 - last))) at \(lead)" : near
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded()))%" }

  private func pixels(_ count: Int) -> String { count == 1 ? "1 pixel" : "\(count) pixels" }

  /// The advice as `squall advise` prints it.
  package var text: String {
    let measured =
      "\(data): \(sequences) \(sequences == 1 ? "sequence" : "sequences"), measured in "
      + "\(NumberText.fixed(seconds, 1)) s"
    return
      ([measured, "", answer, ""] + reasons.map { "- \($0)" } + ["", "Limits:"] + limits.map { "- \($0)" })
      .joined(separator: "\n")
  }
}
