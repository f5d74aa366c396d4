extension ConfusionMatrix {
  /// Share of the samples of a class that were recognised; nil without a sample of it.
  ///
  /// - Precondition: `label` is one of `0..<classes`.
  public func recall(of label: Int) -> Double? {
    ratio(Double(counts[label][label]), Double(counts[label].reduce(undecided[label], +)))
  }
}
