/// A score of a confusion matrix as one number.
public enum ClassificationScore: Hashable, Codable, Sendable {
  /// Right answers among all samples.
  case accuracy
  /// The mean of the recalls of the classes that occur.
  case balancedAccuracy
  case precision(ClassAverage)
  case recall(ClassAverage)
  case f1(ClassAverage)

  /// As a report prints it.
  public var name: String {
    switch self {
    case .accuracy: "accuracy"
    case .balancedAccuracy: "balanced accuracy"
    case .precision(let average): "\(average.rawValue) precision"
    case .recall(let average): "\(average.rawValue) recall"
    case .f1(let average): "\(average.rawValue) F1"
    }
  }
}

/// How the scores of single classes become one.
public enum ClassAverage: String, CaseIterable, Codable, Sendable {
  /// The mean over the classes that occur or are predicted; an undefined score of such a class counts as 0,
  /// as in scikit-learn.
  case macro
  /// Counts of all classes pooled. With one label a sample and no undecided one, precision, recall and F1 are
  /// the accuracy.
  case micro
  /// The mean weighted by how often a class occurs.
  case weighted
}

extension ConfusionMatrix {
  /// The score of this name; nil where it is undefined.
  public func value(of score: ClassificationScore) -> Double? {
    switch score {
    case .accuracy: accuracy
    case .balancedAccuracy: balancedAccuracy
    case .precision(let average):
      averaged(average, micro: ratio(correct, Double(total - undecided.reduce(0, +)))) { precision(of: $0) }
    case .recall(let average): averaged(average, micro: accuracy) { recall(of: $0) }
    case .f1(let average):
      averaged(average, micro: ratio(2 * correct, Double(2 * total - undecided.reduce(0, +)))) { f1(of: $0) }
    }
  }

  /// The mean recall of the classes that occur; nil without a sample.
  public var balancedAccuracy: Double? {
    let recalls = (0..<classes).compactMap { recall(of: $0) }
    return ratio(recalls.reduce(0, +), Double(recalls.count))
  }

  private var correct: Double { Double((0..<classes).reduce(0) { $0 + counts[$1][$1] }) }

  private func averaged(_ average: ClassAverage, micro: Double?, _ score: (Int) -> Double?) -> Double? {
    let occurrences = (0..<classes).map { counts[$0].reduce(undecided[$0], +) }
    switch average {
    case .micro: return micro
    case .macro:
      let present = (0..<classes).filter { label in
        occurrences[label] > 0 || counts.contains { $0[label] > 0 }
      }
      return ratio(present.reduce(0) { $0 + (score($1) ?? 0) }, Double(present.count))
    case .weighted:
      let sum = (0..<classes).reduce(0) { $0 + Double(occurrences[$1]) * (score($1) ?? 0) }
      return ratio(sum, Double(total))
    }
  }

  /// From the sums of ``BlockScores/init(matrices:)``.
  init(sums: [Double], classes: Int) {
    self.init(
      classes: classes,
      counts: (0..<classes).map { row in sums[row * classes..<(row + 1) * classes].map { Int($0) } },
      undecided: sums[(classes * classes)...].map { Int($0) })
  }
}
