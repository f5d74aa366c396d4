extension ConfusionMatrix {
  /// Share of the samples predicted as a class that belong to it; nil where it was never predicted.
  ///
  /// - Precondition: `label` is one of `0..<classes`.
  public func precision(of label: Int) -> Double? {
    ratio(Double(counts[label][label]), Double(counts.reduce(0) { $0 + $1[label] }))
  }
}
