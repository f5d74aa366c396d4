/// Whether a classifier is right as often as it says: predictions in bins of equal width by their confidence
/// (the largest probability), and in each bin the mean confidence against the share of right answers.
///
/// The expected calibration error (Guo et al. 2017) is Σ nᵦ / n · |accuracyᵦ − confidenceᵦ|; 0 is best. A
/// bin holds confidences above its lower end up to its upper end.
public struct CalibrationError: Codable, Hashable, Sendable {
  /// Predictions of one range of confidence.
  public struct Bin: Codable, Hashable, Sendable {
    public fileprivate(set) var count = 0
    public fileprivate(set) var right = 0
    public fileprivate(set) var sumOfConfidences = 0.0

    /// nil where the bin is empty.
    public var accuracy: Double? { ratio(Double(right), Double(count)) }
    /// nil where the bin is empty.
    public var confidence: Double? { ratio(sumOfConfidences, Double(count)) }
  }

  public private(set) var bins: [Bin]
  /// Samples whose probabilities hold a NaN or an infinity; they are in no bin.
  public private(set) var undecided = 0

  /// - Throws: ``VerificationError`` without a bin.
  public init(bins: Int = 15) throws(VerificationError) {
    guard bins >= 1 else {
      throw VerificationError(
        expected: "at least one bin", received: "\(bins)", remedy: "10 to 20 bins are usual.")
    }
    self.bins = [Bin](repeating: Bin(), count: bins)
  }

  /// The expected calibration error; nil without a sample.
  public var value: Double? { gaps.map { $0.reduce(0) { $0 + $1.weight * $1.gap } } }

  /// The largest gap of any bin; nil without a sample.
  public var maximum: Double? { gaps?.map(\.gap).max() }

  private var gaps: [(weight: Double, gap: Double)]? {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    return bins.compactMap { bin in
      guard let accuracy = bin.accuracy, let confidence = bin.confidence else { return nil }
      return (Double(bin.count) / Double(total), abs(accuracy - confidence))
    }
  }

  /// Adds a batch of probabilities, `[batch, classes]`, with the true classes. The largest is the
  /// prediction, the first of equals.
  ///
  /// - Throws: ``VerificationError`` when they do not fit the labels, a label is no class, or a value is no
  ///   probability; then nothing is added.
  public mutating func add(probabilities: [Float], truths: [Int]) throws(VerificationError) {
    let rows = try classRows(probabilities, truths)
    if let wrong = probabilities.first(where: { $0.isFinite && !(-1e-6...1 + 1e-5).contains($0) }) {
      throw VerificationError(
        expected: "probabilities between 0 and 1", received: "\(wrong)",
        remedy: "Apply softmax to logits first.")
    }
    for (row, truth) in zip(rows, truths) {
      guard row.allSatisfy(\.isFinite), let largest = row.max(), let place = row.firstIndex(of: largest)
      else {
        undecided += 1
        continue
      }
      let confidence = min(Double(largest), 1)
      let bin = min(max(Int((confidence * Double(bins.count)).rounded(.up)) - 1, 0), bins.count - 1)
      bins[bin].count += 1
      bins[bin].sumOfConfidences += confidence
      if place - row.startIndex == truth { bins[bin].right += 1 }
    }
  }

  /// - Precondition: the same number of bins.
  public mutating func merge(_ other: CalibrationError) {
    precondition(bins.count == other.bins.count, "Other bins do not mix.")
    for index in bins.indices {
      bins[index].count += other.bins[index].count
      bins[index].right += other.bins[index].right
      bins[index].sumOfConfidences += other.bins[index].sumOfConfidences
    }
    undecided += other.undecided
  }
}
