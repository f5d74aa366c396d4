import Contenders
import Reports

/// How what a comparison found stands to what was advised before training, for sequences and clips alike.
struct AdviceOutcome {
  let outcome: Suitability.Outcome
  /// In a sentence.
  let sentence: String

  /// - Parameters:
  ///   - recommendation: What was advised.
  ///   - advised: Its name in the report; nil for none.
  ///   - found: The contender that is clearly better than all others, whether or not a baseline beats it.
  ///   - verdict: The answer of the comparison.
  init(_ recommendation: DataAdvice.Recommendation, advised: String?, found: String?, _ verdict: Verdict) {
    var (baseline, isUnknown) = (String?.none, false)
    switch verdict.outcome {
    case .useNeither(let name), .lastFrameSuffices(let name): baseline = name
    case .unknown: isUnknown = true
    default: break
    }
    switch (recommendation, found, baseline) {
    case (.unmeasured, _, _):
      (outcome, sentence) = (.withoutAdvice, "There is no advice to confirm or contradict.")
    // Without an interval nothing is confirmed or contradicted: unknown is not "none is better".
    case _ where isUnknown:
      (outcome, sentence) = (
        .undecided,
        "The comparison neither confirms nor contradicts it: nothing can be said of a difference."
      )
    case (.baseline, _, let baseline?):
      (outcome, sentence) = (
        .confirms, "The comparison confirms it: \(baseline) is at least as good as every model."
      )
    case (.baseline(let name), _, nil):
      (outcome, sentence) = (
        .contradicts,
        "The comparison contradicts it: no forecast or model of the kind of \(name) was found to be as good."
      )
    case (.either, nil, nil):
      (outcome, sentence) = (.confirms, "The comparison confirms it: there is no clear difference.")
    case (.either, let found?, nil):
      (outcome, sentence) = (.decides, "The comparison decides: \(found) is better here.")
    case (_, let found, let baseline?):
      (outcome, sentence) = (
        .contradicts,
        "The comparison contradicts it: \(baseline) is at least as good as every model"
          + (found.map { ", of which \($0) is the best." } ?? ".")
      )
    case (.contender, nil, nil):
      (outcome, sentence) = (
        .undecided, "The comparison neither confirms nor contradicts it: the difference is not clear."
      )
    case (.contender, let found?, nil):
      (outcome, sentence) =
        found == advised
        ? (.confirms, "The comparison confirms it.")
        : (.contradicts, "The comparison contradicts it: \(found) is better here, and that counts.")
    }
  }
}

extension ClipAdvice {
  /// What the comparison found against this advice.
  func suitability(found: String?, _ verdict: Verdict) -> Suitability {
    let recommendation: DataAdvice.Recommendation
    switch outcome {
    case .lastFrame: recommendation = .baseline(CNNLastClassifier.displayName)
    case .conv2dLSTM: recommendation = .contender(Conv2DLSTMClassifier.name)
    case .convLSTM2D: recommendation = .contender(ConvLSTM2DClassifier.name)
    case .either: recommendation = .either
    // What sees frames in any order is no part of a comparison by default.
    case .anyOrder, .unknown: recommendation = .unmeasured
    }
    let advised: String? =
      switch recommendation {
      case .baseline(let name): name
      case .contender(let name): DataAdvice.displayName(name)
      default: nil
      }
    let result = AdviceOutcome(recommendation, advised: advised, found: found, verdict)
    return Suitability(
      advice: answer, advised: advised, probability: nil, outcome: result.outcome, sentence: result.sentence)
  }
}
