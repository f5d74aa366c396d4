import Contenders
import Foundation
import Readers
import Verification

/// What can be said of data before anything is trained.
package struct DataAdvice: Codable, Sendable {
  /// What to train.
  package enum Recommendation: Codable, Hashable, Sendable {
    /// This one first, as options name it.
    case contender(String)
    /// All do alike at this index, or the interval spans several winners.
    case either
    /// The relation of index and winner has not been measured.
    case unmeasured
  }

  /// What the data are called.
  package var data: String
  package var sequences: Int
  /// Parts that were measured: stretches of sequences, of large frames tiles of them.
  package var measured: Int
  /// Pixels of the data in one pixel of the measured grid, along each side.
  package var factor: Int
  package var measurement: InteractionMeasurement
  /// The nearest point of the dial; nil where the study has not been made.
  package var nearest: MeasuredDial.Point?
  /// Whether the index lies beyond all points of the dial.
  package var isBeyondDial: Bool
  package var recommendation: Recommendation
  /// The answer, then its reasons and limits, a sentence or two each.
  package var answer: String
  package var reasons: [String]
  package var limits: [String]
  package var seconds: Double

  /// Measures data and says what follows.
  ///
  /// - Parameters:
  ///   - sources: The sequences.
  ///   - areClips: Whether the data are clips with classes; a still background is then taken off.
  ///   - study: The relation between index and winner.
  /// - Throws: `DataError`, `VerificationError` when there is nothing to measure.
  package init(
    on sources: [any FrameSource], name: String, areClips: Bool = false, seed: UInt64 = 1,
    study: MeasuredDial? = .study
  ) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let samples = try InteractionSampling().samples(of: sources)
    var options = InteractionIndex.Options()
    options.mean = areClips ? .pixel : .sequence
    options.seed = seed
    let index = InteractionIndex(options)
    let events = try samples.samples.enumerated().map { number, sample in
      (label: sample.block, event: try index.event(sample.field, number: number))
    }
    let measurement = try index.measure(events, bootstrap: BlockBootstrap(seed: seed))
    let value = measurement.index.value ?? 0
    let points = study?.points ?? []
    data = name
    sequences = samples.sequences
    measured = measurement.events
    factor = samples.factor
    self.measurement = measurement
    nearest = study?.nearest(to: value)
    isBeyondDial = points.last.map { value > $0.index } ?? false
    recommendation = Self.recommendation(measurement.index, study)
    answer = Self.answer(recommendation, nearest, study)
    reasons = Self.reasons(measurement, samples, nearest, study, isBeyondDial)
    limits = Self.limits(samples, measurement, areClips, study)
    let elapsed = (clock.now - start).components
    seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }

  /// The winner at the points nearest to the index and to both ends of its interval, where they agree.
  static func recommendation(_ index: ScoreEstimate, _ study: MeasuredDial?) -> Recommendation {
    guard let study, study.indexPredictsMargin == true, let value = index.value else { return .unmeasured }
    let ends = [value] + (index.interval.map { [$0.lower, $0.upper] } ?? [])
    let winners = Set(ends.map { study.nearest(to: $0)?.winner })
    guard winners.count == 1, case let winner?? = winners.first else { return .either }
    return .contender(study.contenders[winner])
  }

  /// The contender that is advised, by its name in reports.
  var advised: String? {
    guard case .contender(let name) = recommendation else { return nil }
    return Self.displayName(name)
  }

  static func displayName(_ name: String) -> String {
    (try? Contenders.forecaster(name).displayName) ?? name
  }
}

/// The name of a contender, `either` or `unmeasured`.
extension DataAdvice.Recommendation {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    switch text {
    case "either": self = .either
    case "unmeasured": self = .unmeasured
    default: self = .contender(text)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .contender(let name): try container.encode(name)
    case .either: try container.encode("either")
    case .unmeasured: try container.encode("unmeasured")
    }
  }
}
