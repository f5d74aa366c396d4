import Contenders
import Foundation
import Readers
import Verification

/// What can be said of sequences before anything is trained: which family to train first, or neither.
///
/// Two linear models are fitted in seconds, one in the manner of each family (``LinearTwins``); a study on generated data
/// (``StudyRow``) tells how their errors go together with what the families reached.
package struct DataAdvice: Codable, Sendable {
  /// What to train.
  package enum Recommendation: Codable, Hashable, Sendable {
    /// This one first, as options name it.
    case contender(String)
    /// Neither is likely to be better by more than the margin.
    case either
    /// A forecast without training is likely to be at least as good as both.
    case baseline(String)
    /// The data are too short, or there is no study.
    case unmeasured
  }

  /// What the data are called.
  package var data: String
  package var sequences: Int
  /// Frames that forecasts see, and that they forecast.
  package var inputFrames: Int
  package var forecastFrames: Int
  /// Pixels of the data in one pixel of the measured grid, along each side.
  package var factor: Int
  /// nil where the data are too short to fit and to judge them.
  package var twins: LinearTwins?
  /// The space–time interaction index; nil where it is undefined.
  package var interaction: InteractionMeasurement?
  /// nil where there are no twins or no study, and for rain: its trained forecasts start from a nowcast, and no set of the
  /// study does.
  package var prediction: AdviceModel.Prediction?
  /// Whether trained forecasts of these data start from a nowcast by default.
  package var startsFromNowcast: Bool
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
  ///   - inputFrames: Frames that forecasts see; fewer where the sequences are too short.
  ///   - forecastFrames: Frames that they forecast; fewer likewise.
  ///   - model: How twins and contenders go together; nil for no recommendation.
  /// - Throws: `DataError` when there is nothing to measure.
  package init(
    on sources: [any FrameSource], name: String, inputFrames: Int = 6, forecastFrames: Int = 12,
    seed: UInt64 = 1, model: AdviceModel? = .shipped
  ) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let samples = try InteractionSampling().samples(of: sources)
    (data, sequences, factor) = (name, samples.sequences, samples.factor)
    // Ten windows must fit into all sequences together, and one into the longest.
    let runs = sources.flatMap { InteractionSampling.stretches(of: $0, length: .max).map(\.count) }
    let (total, longest) = (runs.reduce(0, +), runs.max() ?? 0)
    self.inputFrames = max(2, min(inputFrames, total / 20, longest / 3))
    self.forecastFrames = max(1, min(forecastFrames, total / 15, longest / 3))
    twins = try LinearTwins(
      of: sources, inputFrames: self.inputFrames, forecastFrames: self.forecastFrames)
    interaction = try? Self.interaction(samples, seed: seed)
    startsFromNowcast = samples.isLogarithmic
    prediction = twins.flatMap { twins in model?.prediction(TwinErrors(twins)) }
    (recommendation, answer, reasons, limits, seconds) = (.unmeasured, "", [], [], 0)
    recommendation = recommended
    if startsFromNowcast { prediction = nil }
    (answer, reasons, limits) = (answerText, reasonTexts, limitTexts(samples, model))
    let elapsed = (clock.now - start).components
    seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
  }

  private static func interaction(
    _ samples: InteractionSampling.Samples, seed: UInt64
  ) throws -> InteractionMeasurement {
    var options = InteractionIndex.Options()
    options.mean = .sequence
    options.seed = seed
    let index = InteractionIndex(options)
    let events = try samples.samples.enumerated().map { number, sample in
      (label: sample.block, event: try index.event(sample.field, number: number))
    }
    return try index.measure(events, bootstrap: BlockBootstrap(seed: seed))
  }

  /// The likeliest of the outcomes.
  private var recommended: Recommendation {
    guard let prediction, let twins else { return .unmeasured }
    if prediction.baseline > 0.5, !startsFromNowcast { return .baseline(twins.betterBaseline) }
    let most = max(prediction.convLSTM2D, prediction.conv2DLSTM, prediction.neither)
    if prediction.neither == most { return .either }
    return .contender(prediction.convLSTM2D == most ? "convlstm2d" : "conv2d-lstm")
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

extension LinearTwins {
  /// The better one of the forecasts without training, by its name in reports.
  var betterBaseline: String {
    bestBaseline == extrapolation ? "Lagrangian persistence" : "Eulerian persistence"
  }

  /// Its errors by lead.
  var bestBaseline: [Double] {
    extrapolation.reduce(0, +) < persistence.reduce(0, +) ? extrapolation : persistence
  }
}

/// The name of a contender, `either`, `baseline: NAME` or `unmeasured`.
extension DataAdvice.Recommendation {
  private static let baselinePrefix = "baseline: "

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    switch text {
    case "either": self = .either
    case "unmeasured": self = .unmeasured
    case _ where text.hasPrefix(Self.baselinePrefix):
      self = .baseline(String(text.dropFirst(Self.baselinePrefix.count)))
    default: self = .contender(text)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .contender(let name): try container.encode(name)
    case .either: try container.encode("either")
    case .baseline(let name): try container.encode(Self.baselinePrefix + name)
    case .unmeasured: try container.encode("unmeasured")
    }
  }
}
