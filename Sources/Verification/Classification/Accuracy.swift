extension ConfusionMatrix {
  /// Share of the samples whose predicted class is the true one; undecided samples are wrong. nil without a
  /// sample.
  public var accuracy: Double? {
    let correct = (0..<classes).reduce(0) { $0 + counts[$1][$1] }
    return ratio(Double(correct), Double(total))
  }
}
