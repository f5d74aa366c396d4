import Foundation
import Readers
import Verification

/// How well cheap linear classifiers tell the classes of clips, each from another view of the clip.
///
/// Accuracies are those of clips of groups that the classifier never saw, by cross-validation. The penalty is chosen
/// inside the training part. Classes of held-out clips are never looked at.
package struct ClipProbes: Codable, Hashable, Sendable {
  /// The accuracy of one view.
  package struct Probe: Codable, Hashable, Sendable {
    package var view: ClipView
    package var accuracy: Double
    /// Over groups; nil with one.
    package var interval: ScoreInterval?
  }

  /// A difference of two accuracies on the same clips.
  package struct Gap: Codable, Hashable, Sendable {
    package var first: ClipView
    package var second: ClipView
    package var value: Double
    package var interval: ScoreInterval?

    /// Whether the first is better by more than the margin, as far as is known.
    package var isClear: Bool { value > ClipProbes.margin && (interval?.lower ?? -1) > 0 }
  }

  /// Accuracies no further apart count as alike.
  package static let margin = 0.02

  package var classNames: [String]
  /// Clips that took part, and of how many.
  package var clips: Int
  package var allClips: Int
  package var groups: Int
  package var folds: Int
  package var frames: Int
  package var height: Int
  package var width: Int
  /// Pixels of the data in one averaged pixel, along each side.
  package var factor: Int
  /// The share of the most frequent class: what a guess reaches.
  package var chance: Double
  package var probes: [Probe]
  /// The best view less the last frame.
  package var beyondLastFrame: Gap
  /// The best view that knows the order less the best that does not.
  package var beyondAnyOrder: Gap
  /// Pixels of the data a frame, the median over the clips; nil where nothing moves.
  package var speed: Double?
  /// Where the classes differ most; nil where that is everywhere.
  package var place: ClassPlace?

  package subscript(view: ClipView) -> Double { probes.first { $0.view == view }?.accuracy ?? chance }

  /// How far above chance, 1 for always right.
  package func skill(_ view: ClipView) -> Double { (self[view] - chance) / max(1 - chance, 1e-9) }

  package var best: Probe { Self.best(probes, ClipView.allCases) }

  /// Whether any view is above chance beyond doubt.
  package var tellsAnything: Bool {
    best.accuracy > chance + Self.margin && (best.interval?.lower ?? 0) > chance
  }

  /// Fits all of them.
  ///
  /// - Throws: ``ClipShortage`` where too little is there to say anything; `DataError` if a clip cannot be read.
  package init(_ clips: LabeledClips, most: Int = 600, seed: UInt64 = 1) throws {
    try ClipShortage.check(clips)
    let averaged = try AveragedClips(clips, most: most, seed: seed)
    guard let folds = GroupFolds(labels: averaged.labels, groups: averaged.groups, seed: seed) else {
      throw ClipShortage.oneGroup(clips)
    }
    let features = ClipFeatures(averaged)
    var confusions: [ClipView: GroupConfusions] = [:]
    for view in ClipView.allCases {
      confusions[view] = try Self.confusions(
        features.kernels(view, clips: averaged.count), averaged, folds)
    }
    let score = PooledScore.classification(.accuracy, classes: averaged.classes)
    let bootstrap = BlockBootstrap(resamples: 500, seed: seed)
    let probes = try ClipView.allCases.compactMap { view -> Probe? in
      guard let sums = try confusions[view]?.sums() else { return nil }
      let estimate = try bootstrap.estimate(score, of: [sums])
      return Probe(view: view, accuracy: estimate.value ?? 0, interval: estimate.interval)
    }
    func gap(_ first: ClipView, _ second: ClipView) throws -> Gap {
      guard first != second, let a = try confusions[first]?.sums(), let b = try confusions[second]?.sums()
      else { return Gap(first: first, second: second, value: 0) }
      let difference = try bootstrap.compare(score, [a], [b]).difference
      return Gap(first: first, second: second, value: difference.value ?? 0, interval: difference.interval)
    }
    let known = ClipView.allCases.filter(\.knowsOrder)
    let free = ClipView.allCases.filter { !$0.knowsOrder }
    beyondLastFrame = try gap(Self.best(probes, ClipView.allCases).view, .lastFrame)
    beyondAnyOrder = try gap(Self.best(probes, known).view, Self.best(probes, free).view)
    self.probes = probes
    classNames = clips.classNames
    (self.clips, allClips) = (averaged.count, clips.count)
    groups = Set(averaged.groups).count
    self.folds = folds.count
    (frames, height, width) = (clips.frames, clips.shape.height, clips.shape.width)
    factor = averaged.factor
    chance =
      Double((0..<averaged.classes).map { label in averaged.labels.count { $0 == label } }.max() ?? 0)
      / Double(averaged.count)
    let speeds = features.speeds.sorted()
    let median = Double(speeds[speeds.count / 2]) * Double(averaged.factor)
    speed = median > 0.05 ? median : nil
    place = ClassPlace(averaged)
  }

  private static func best(_ probes: [Probe], _ views: [ClipView]) -> Probe {
    var best: Probe?
    for probe in probes where views.contains(probe.view) && probe.accuracy > best?.accuracy ?? -1 {
      best = probe
    }
    return best ?? Probe(view: .lastFrame, accuracy: 0)
  }

  /// Predictions for every clip by a classifier that saw none of its part.
  private static func confusions(
    _ kernels: [[Float]], _ clips: AveragedClips, _ folds: GroupFolds
  ) throws -> GroupConfusions {
    func classifier(_ kernel: [Float], _ training: [Int], _ strength: Double) -> KernelClassifier {
      KernelClassifier(
        kernel, clips: clips.count, labels: clips.labels, classes: clips.classes, training: training,
        strength: strength)
    }
    var confusions = GroupConfusions(classes: clips.classes)
    for part in 0..<folds.count {
      try Task.checkCancellation()
      let training = clips.labels.indices.filter { folds.parts[$0] != part }
      // With two parts nothing is left to choose on.
      var chosen = (kernel: kernels[kernels.count - 1], strength: KernelClassifier.strengths[1])
      if folds.count > 2 {
        let choosing = training.filter { folds.parts[$0] == (part + 1) % folds.count }
        let fitting = training.filter { folds.parts[$0] != (part + 1) % folds.count }
        var most = -1
        for kernel in kernels {
          for strength in KernelClassifier.strengths.reversed() {
            let fitted = classifier(kernel, fitting, strength)
            let right = choosing.count {
              fitted.prediction(kernel, clips: clips.count, of: $0) == clips.labels[$0]
            }
            if right > most { (most, chosen) = (right, (kernel, strength)) }
          }
        }
      }
      let fitted = classifier(chosen.kernel, training, chosen.strength)
      for clip in clips.labels.indices where folds.parts[clip] == part {
        try confusions.add(to: clips.groups[clip]) {
          try $0.add(
            prediction: fitted.prediction(chosen.kernel, clips: clips.count, of: clip),
            truth: clips.labels[clip])
        }
      }
    }
    return confusions
  }
}
