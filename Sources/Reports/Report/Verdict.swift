/// The answer in words. The page opens with `recommendation` and `reason`.
package struct Verdict: Codable, Hashable, Sendable {
  /// Which to use, in one sentence; or that there is no clear difference.
  package var recommendation: String
  /// Why, in one sentence that names the score.
  package var reason: String
  /// How sure that is, in a sentence or two.
  package var certainty: String
  /// What this comparison cannot tell, one sentence each.
  package var caveats: [String]
  /// Name of the model that is recommended; nil without a clear difference.
  @Nullable package var preferredModel: String?
  /// The score that was named before training and that decides.
  package var primaryScore: PrimaryScore
  /// The answer for programs; nil where the comparison states only words.
  @Nullable package var outcome: Outcome?
  /// The two whose difference decides; one of ``ComparisonReport/differences``; nil where there is none.
  @Nullable package var decisivePair: Pair?
  /// What to do with the answer, in order.
  package var nextSteps: [NextStep]

  /// - Parameters:
  ///   - preferredModel: The recommended model; nil takes it from the outcome.
  ///   - outcome: The answer for programs.
  package init(
    recommendation: String, reason: String, certainty: String, caveats: [String] = [],
    preferredModel: String? = nil, primaryScore: PrimaryScore, outcome: Outcome? = nil,
    nextSteps: [NextStep] = []
  ) {
    var used: String?
    if case .use(let model) = outcome { used = model }
    self.recommendation = recommendation
    self.reason = reason
    self.certainty = certainty
    self.caveats = caveats
    self.preferredModel = preferredModel ?? used
    self.primaryScore = primaryScore
    self.outcome = outcome
    decisivePair = nil
    self.nextSteps = nextSteps
  }

  /// Two models, or a model and a baseline.
  package struct Pair: Codable, Hashable, Sendable {
    package var first: String
    package var second: String

    package init(first: String, second: String) {
      self.first = first
      self.second = second
    }
  }

  /// The model or baseline that the answer names; nil where it names none.
  package var recommended: String? { outcome.map(\.recommended) ?? preferredModel }
}

/// The score that decides, pooled over lead times.
package struct PrimaryScore: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// Critical success index at `threshold`.
    case csi
    /// Mean squared error; lower is better.
    case mse
    /// Mean absolute error; lower is better.
    case mae
    /// Share of samples classified correctly.
    case accuracy
  }

  package var kind: Kind
  /// Threshold of the CSI in the unit of the data; nil for the others.
  @Measured package private(set) var threshold: Double?

  private init(_ kind: Kind, threshold: Double? = nil) {
    self.kind = kind
    self.threshold = threshold
  }

  /// CSI above `threshold`, pooled over lead times.
  package static func csi(threshold: Double) -> PrimaryScore { PrimaryScore(.csi, threshold: threshold) }
  /// MSE, pooled over lead times.
  package static let mse = PrimaryScore(.mse)
  /// MAE, pooled over lead times.
  package static let mae = PrimaryScore(.mae)
  /// Accuracy.
  package static let accuracy = PrimaryScore(.accuracy)
}
