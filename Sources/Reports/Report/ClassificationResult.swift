/// Scores of a classification on the test part.
package struct ClassificationResult: Codable, Hashable, Sendable {
  /// Share of the samples that were recognised.
  @Measured package var accuracy: Double?
  /// 95% interval of the accuracy; nil where it was not computed.
  @Nullable package var accuracyInterval: ScoreInterval?
  /// `confusion[truth][prediction]`, in the order of ``DataDescription/classes``.
  package var confusion: [[Int]]
  /// Samples whose class scores were no numbers; they count as wrong, and the page says so.
  package var undecided: Int

  package init(
    accuracy: Double?, accuracyInterval: ScoreInterval? = nil, confusion: [[Int]], undecided: Int = 0
  ) {
    self.accuracy = accuracy
    self.accuracyInterval = accuracyInterval
    self.confusion = confusion
    self.undecided = undecided
  }
}
