/// What the data suggested before anything was trained, and whether the comparison confirms it.
package struct Suitability: Codable, Hashable, Sendable {
  /// How what was found stands to what was advised.
  package enum Outcome: String, Codable, CaseIterable, Sendable {
    /// The advised model is clearly better than all others; or none was advised and none is clearly better.
    case confirms
    /// A model that was not advised is clearly better.
    case contradicts
    /// A model was advised, but the difference found is not clear; or nothing is known of a difference.
    case undecided
    /// No model was advised, and one is clearly better.
    case decides
    /// Advice was not possible.
    case withoutAdvice
  }

  /// The space–time interaction index with its 95% interval.
  @Measured package var index: Double?
  @Nullable package var indexInterval: ScoreInterval?
  /// Its transport part: motion in one direction.
  @Measured package var transport: Double?
  @Nullable package var transportInterval: ScoreInterval?
  /// The name of the model that was advised; nil for none.
  @Nullable package var advised: String?
  package var outcome: Outcome
  /// The outcome in a sentence.
  package var sentence: String

  package init(
    index: Double?, indexInterval: ScoreInterval?, transport: Double?, transportInterval: ScoreInterval?,
    advised: String?, outcome: Outcome, sentence: String
  ) {
    self.index = index
    self.indexInterval = indexInterval
    self.transport = transport
    self.transportInterval = transportInterval
    self.advised = advised
    self.outcome = outcome
    self.sentence = sentence
  }
}
