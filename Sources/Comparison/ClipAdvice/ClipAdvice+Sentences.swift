import Contenders
import Support
import Verification

/// The advice in words.
extension ClipAdvice {
  static func answer(
    _ outcome: Outcome, _ probes: ClipProbes, _ study: ClipStudy.Forecast?, _ costs: Costs?
  ) -> String {
    let cheaper = costs.map {
      " The cheaper family is \($0.cheaper == Conv2DLSTMClassifier.name ? conv2d : convLSTM): the other one takes "
        + "\(NumberText.fixed($0.ratio, 1)) times the operations at equal parameters."
    }
    switch outcome {
    case .lastFrame:
      return
        "No recurrent model is needed: the last frame alone tells the classes as well as the whole clip. Train "
        + "cnn-last." + doubt(study) + (cheaper ?? "")
    case .anyOrder:
      return "No recurrent model is needed: several frames count, their order does not. Train cnn-mean."
        + doubt(study) + (cheaper ?? "")
    case .convLSTM2D, .conv2dLSTM:
      let (name, probability) =
        outcome == .convLSTM2D
        ? (convLSTM, study?.convLSTM2D ?? 0) : (conv2d, study?.conv2dLSTM ?? 0)
      return
        "Train \(name): the order of the frames counts, and on studied clips like these \(name) was more accurate "
        + "by over \(margin) points in \(percent(probability))."
    case .either:
      return "The order of the frames counts: train a recurrent model. "
        + (study?.isSupported == true
          ? "On studied clips like these neither family was ahead more often than not."
          : "Which family is not known from clips like these: `squall compare` measures both.")
        + (cheaper ?? "")
    case .unknown:
      guard probes.tellsAnything else {
        return
          "No advice: no probe tells the classes better than chance. Expected a class that shows in averaged "
          + "pixels or in correlations of consecutive frames; try more clips or groups, or `squall compare`."
      }
      return
        "No advice: a difference may be chance with \(probes.groups) groups. Try clips of more groups, or "
        + "`squall compare`."
    }
  }

  /// What speaks against doing without recurrence.
  private static func doubt(_ study: ClipStudy.Forecast?) -> String {
    guard let study, study.isSupported, study.lastFrameIsAsGood < 0.5 else { return "" }
    return
      " But trained on studied clips like these cnn-last was as good in only \(percent(study.lastFrameIsAsGood)): "
      + "`squall compare` with --contenders \(CNNLastClassifier.name),\(ConvLSTM2DClassifier.name) tells whether it learns "
      + "here what the frame holds."
  }

  static func reasons(
    _ probes: ClipProbes, _ source: Source?, _ study: ClipStudy.Forecast?
  ) -> [String] {
    var reasons: [String] = []
    switch source {
    case .appearance: reasons.append("The class is in the appearance: frames tell it in any order.")
    case .motion:
      let appearance = ClipView.allCases.filter { !$0.knowsOrder }.map(probes.skill).max() ?? 0
      reasons.append(
        "The class is in the motion: how things move tells it, "
          + (appearance > probes.skill(probes.best.view) / 3
            ? "what they look like tells a part of it." : "what they look like does not."))
    case .conjunction:
      reasons.append(
        "The class is in appearance and motion together: neither what is seen nor the direction of motion tells it "
          + "alone.")
    case .parts: reasons.append("The class is partly in the appearance, partly in the motion.")
    case nil: break
    }
    reasons.append(
      "The best probe (\(probes.best.view.text)) exceeds the last frame by \(points(probes.beyondLastFrame)), and "
        + "the best one that knows the order exceeds frames in any order by \(points(probes.beyondAnyOrder))."
    )
    // Where the mean frame tells little, a place is chance.
    if let place = probes.place, probes.skill(.meanFrame) > 0.2 {
      reasons.append("The classes differ most in one place: \(place.rawValue).")
    }
    if let speed = probes.speed {
      reasons.append("Things move by about \(NumberText.fixed(speed, 1)) pixels a frame.")
    }
    if let study, study.isSupported {
      reasons.append(
        "On studied clips like these (about \(NumberText.fixed(study.nearSets, 0)) sets): \(convLSTM) ahead by over "
          + "\(margin) points in \(percent(study.convLSTM2D)), \(conv2d) in \(percent(study.conv2dLSTM)), alike in "
          + "\(percent(study.alike)); the last frame alone as good in \(percent(study.lastFrameIsAsGood)).")
    }
    return reasons
  }

  static func limits(_ probes: ClipProbes, _ study: ClipStudy?) -> [String] {
    var limits = [
      "The probes are linear and see "
        + (probes.factor > 1 ? "means over \(probes.factor) × \(probes.factor) pixels" : "single pixels")
        + ", shifts of up to \(4 * probes.factor) pixels a frame, and of long clips the last "
        + "\(AveragedClips.mostFrames) frames."
    ]
    if probes.clips < probes.allClips {
      limits.append("\(probes.clips) of \(probes.allClips) clips were measured.")
    }
    if probes.groups < BlockBootstrap.fewestBlocks {
      limits.append("\(probes.groups) groups: the intervals are not to be trusted.")
    }
    if probes.groups == probes.allClips {
      limits.append(
        "Every clip counts as a group of its own: if clips come from one film, say so with --group-pattern.")
    }
    guard let study else {
      limits.append("The choice between the families has not been studied (script/clip-study).")
      return limits
    }
    limits.append(
      "The choice between the families rests on \(study.fitted.count) sets of synthetic clips with one training each; "
        + "`squall compare` confirms or contradicts it on these clips.")
    return limits
  }

  /// The advice as `squall advise` prints it.
  package var text: String {
    guard let probes else { return "\(data)\n\n\(answer)" }
    let measured =
      "\(data): \(probes.clips) clips of \(probes.groups) groups, \(probes.classNames.count) classes, measured in "
      + "\(NumberText.fixed(seconds, 1)) s"
    let width = ClipView.allCases.map(\.text.count).max() ?? 0
    let table = probes.probes.map { probe in
      let interval = probe.interval.map { " (\(Self.percent($0.lower)) to \(Self.percent($0.upper)))" } ?? ""
      return "  " + probe.view.text + String(repeating: " ", count: width - probe.view.text.count)
        + "  \(Self.percent(probe.accuracy))\(interval)"
    }
    let title =
      "Accuracy of linear probes on unseen groups (95% interval); chance \(Self.percent(probes.chance))"
    return ([measured, "", answer, ""] + reasons + ["", title] + table + [""] + limits.map { "- \($0)" })
      .joined(separator: "\n")
  }

  private static var conv2d: String { Conv2DLSTMClassifier.displayName }
  private static var convLSTM: String { ConvLSTM2DClassifier.displayName }
  private static var margin: String { NumberText.fixed(100 * ClipProbes.margin, 0) }

  private static func percent(_ share: Double) -> String { NumberText.fixed(100 * share, 0) + "%" }

  private static func points(_ gap: ClipProbes.Gap) -> String {
    NumberText.fixed(100 * gap.value, 0) + " points"
      + (gap.interval.map {
        " (\(NumberText.fixed(100 * $0.lower, 0)) to \(NumberText.fixed(100 * $0.upper, 0)))"
      } ?? "")
  }
}
