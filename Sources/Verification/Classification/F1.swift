extension ConfusionMatrix {
  /// Harmonic mean of precision and recall of a class, 2·tp / (2·tp + fp + fn); nil where the class neither
  /// occurs nor is predicted.
  ///
  /// - Precondition: `label` is one of `0..<classes`.
  public func f1(of label: Int) -> Double? {
    let occurrences = counts[label].reduce(undecided[label], +)
    let predictions = counts.reduce(0) { $0 + $1[label] }
    return ratio(2 * Double(counts[label][label]), Double(occurrences + predictions))
  }
}
