/// Scores of a classification beyond the accuracy: by class from the confusion matrices, and of the published models how
/// often the true class is among the first k and how far confidence and accuracy lie apart.
package struct ClassScores: Codable, Hashable, Sendable {
  /// What a class is recognised by.
  package struct ByClass: Codable, Hashable, Sendable {
    /// Of the samples named so, the share that is.
    @Measured package var precision: Double?
    /// Of the samples that are, the share named so.
    @Measured package var recall: Double?
    /// Harmonic mean of both.
    @Measured package var f1: Double?
  }

  /// One model or baseline.
  package struct Entry: Codable, Hashable, Sendable {
    package var name: String
    /// In the order of ``DataDescription/classes``.
    package var byClass: [ByClass]
    /// The mean of F1 over the classes that have one.
    @Measured package var macroF1: Double?
    /// How often the true class is among the ``ClassScores/k`` likeliest; nil for baselines.
    @Measured package var topK: Double?
    /// Expected calibration error; nil for baselines.
    @Measured package var calibrationError: Double?

    /// - Parameters:
    ///   - name: What it is called.
    ///   - result: Its confusion matrix.
    ///   - topK: How often the true class is among the likeliest ones.
    ///   - calibrationError: Its expected calibration error.
    package init(
      name: String, result: ClassificationResult, topK: Double? = nil, calibrationError: Double? = nil
    ) {
      self.name = name
      let counts = result.confusion
      byClass = counts.indices.map { label in
        func share(_ part: Int, of whole: Int) -> Double? {
          whole > 0 ? Double(part) / Double(whole) : nil
        }
        let own = label < counts[label].count ? counts[label][label] : 0
        let occurrences = counts[label].reduce(0, +)
        let predictions = counts.reduce(0) { $0 + (label < $1.count ? $1[label] : 0) }
        return ByClass(
          precision: share(own, of: predictions), recall: share(own, of: occurrences),
          f1: share(2 * own, of: occurrences + predictions))
      }
      let known = byClass.compactMap(\.f1)
      let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
      self.topK = topK
      self.calibrationError = calibrationError
      macroF1 = mean
    }
  }

  /// How many classes count for ``Entry/topK``.
  package var k: Int
  /// The models, then the baselines.
  package var entries: [Entry]

  package init(k: Int, entries: [Entry]) {
    self.k = k
    self.entries = entries
  }
}
