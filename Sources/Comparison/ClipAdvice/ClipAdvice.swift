import Contenders
import Foundation
import Readers
import Tasks

/// What can be said of clips with classes before anything is trained: whether they need a recurrent model at all, and
/// which.
package struct ClipAdvice: Codable, Sendable {
  /// What to train.
  package enum Outcome: String, CaseIterable, Codable, Sendable {
    /// The last frame alone is as good as the whole clip: `cnn-last`.
    case lastFrame = "last-frame"
    /// Frames count, their order does not: `cnn-mean`.
    case anyOrder = "any-order"
    case convLSTM2D = "convlstm2d"
    case conv2dLSTM = "conv2d-lstm"
    /// Both families, as far as is known: the cheaper one.
    case either
    /// Nothing can be said; ``ClipAdvice/answer`` says what is missing.
    case unknown
  }

  /// Where the class is.
  package enum Source: String, CaseIterable, Codable, Sendable {
    case appearance, motion
    /// Neither alone tells it.
    case conjunction
    /// Each tells a part.
    case parts
  }

  /// What the two families cost at the number of parameters that `squall compare` takes, in operations a clip.
  package struct Costs: Codable, Hashable, Sendable {
    package var conv2dLSTM: Int
    package var convLSTM2D: Int

    /// As options name it.
    package var cheaper: String {
      conv2dLSTM <= convLSTM2D ? Conv2DLSTMClassifier.name : ConvLSTM2DClassifier.name
    }
    package var ratio: Double {
      Double(max(conv2dLSTM, convLSTM2D)) / Double(max(1, min(conv2dLSTM, convLSTM2D)))
    }
  }

  package var data: String
  package var outcome: Outcome
  /// nil where it is unknown.
  package var source: Source?
  /// nil where there are too few clips, classes or groups.
  package var probes: ClipProbes?
  /// What happened on studied sets whose probes said the like; nil without probes or without a study.
  package var study: ClipStudy.Forecast?
  package var costs: Costs?
  /// The answer, then its reasons and limits, a sentence or two each.
  package var answer: String
  package var reasons: [String]
  package var limits: [String]
  package var seconds: Double

  /// Measures clips and says what follows.
  ///
  /// - Parameters:
  ///   - clips: The clips.
  ///   - name: What they are called.
  ///   - seed: Of the parts of the cross-validation.
  ///   - study: What the choice between the families rests on.
  /// - Throws: `DataError` if a clip cannot be read. Too few clips are no error: the outcome is then unknown.
  package init(
    on clips: LabeledClips, name: String, seed: UInt64 = 1, study: ClipStudy? = .standard
  ) throws {
    let start = ContinuousClock.now
    data = name
    (outcome, reasons, limits) = (.unknown, [], [])
    do {
      let probes = try ClipProbes(clips, seed: seed)
      self.probes = probes
      self.study = study?.forecast(ClipStudy.Situation(probes))
      source = Self.source(probes)
      outcome = Self.outcome(probes, self.study)
      costs = Self.costs(clips)
      answer = Self.answer(outcome, probes, self.study, costs)
      reasons = Self.reasons(probes, source, self.study)
      limits = Self.limits(probes, study)
    } catch let shortage as ClipShortage { answer = "No advice. \(shortage.text)" }
    let elapsed = (ContinuousClock.now - start).components
    seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }

  static func outcome(_ probes: ClipProbes, _ study: ClipStudy.Forecast?) -> Outcome {
    guard probes.tellsAnything else { return .unknown }
    if probes.beyondLastFrame.size == .none { return .lastFrame }
    if probes.beyondAnyOrder.size == .none { return .anyOrder }
    guard probes.beyondLastFrame.size == .clear, probes.beyondAnyOrder.size == .clear else { return .unknown }
    guard let study, study.isSupported else { return .either }
    if study.convLSTM2D > 0.5 { return .convLSTM2D }
    return study.conv2dLSTM > 0.5 ? .conv2dLSTM : .either
  }

  /// Direction alone counts as telling the class from four fifths of the best skill on, motion from nine tenths on; up to
  /// a third of it direction and appearance count as telling nothing.
  static func source(_ probes: ClipProbes) -> Source? {
    guard probes.tellsAnything else { return nil }
    let best = probes.skill(probes.best.view)
    let appearance = ClipView.allCases.filter { !$0.knowsOrder }.map(probes.skill).max() ?? 0
    let direction = probes.skill(.direction)
    if probes.beyondLastFrame.size == .none || probes.beyondAnyOrder.size == .none { return .appearance }
    if direction > 0.8 * best { return .motion }
    guard appearance < best / 3 else { return probes.skill(.motion) > 0.9 * best ? .motion : .parts }
    return direction < best / 3 ? .conjunction : .motion
  }

  private static func costs(_ clips: LabeledClips) -> Costs? {
    let signature = ClassificationSignature(
      frames: clips.frames, height: clips.shape.height, width: clips.shape.width,
      channels: clips.shape.channels, classes: clips.classNames.count)
    var settings = ComparisonSettings.classification
    settings.contenders = [Conv2DLSTMClassifier.name, ConvLSTM2DClassifier.name]
    // Frames that are too small for the families have no costs.
    guard let entrants = try? Entrant.all(settings, signature), entrants.count == 2 else { return nil }
    return Costs(
      conv2dLSTM: entrants[0].size.operations, convLSTM2D: entrants[1].size.operations)
  }
}

extension ClipProbes.Gap {
  /// How a difference of accuracies is taken.
  package enum Size: Sendable {
    /// Within the margin; or within two and a half margins where chance alone may make it, since the best of several
    /// views is a little better by luck.
    case none
    case clear
    /// Large, but chance alone may make it.
    case open
  }

  package var size: Size {
    if value <= ClipProbes.margin || (!isClear && value <= 2.5 * ClipProbes.margin) { return .none }
    return isClear ? .clear : .open
  }
}
