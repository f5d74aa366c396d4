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

  /// What was advised, in a sentence or two.
  package var advice: String
  /// The name of the model or baseline that was advised; nil for none.
  @Nullable package var advised: String?
  /// How likely the advice was to be right; nil where none was given.
  @Measured package var probability: Double?
  package var outcome: Outcome
  /// The outcome in a sentence.
  package var sentence: String

  package init(advice: String, advised: String?, probability: Double?, outcome: Outcome, sentence: String) {
    self.advice = advice
    self.advised = advised
    self.probability = probability
    self.outcome = outcome
    self.sentence = sentence
  }
}
