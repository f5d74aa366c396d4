/// How often the true class is among the k classes of the largest scores.
///
/// Of equal scores the class that comes first ranks higher, as in ``ConfusionMatrix``. A sample whose scores
/// hold a NaN or an infinity is wrong.
public struct TopKAccuracy: Codable, Hashable, Sendable {
  public let k: Int
  public private(set) var hits = 0
  public private(set) var total = 0

  /// - Throws: ``VerificationError`` for k below 1.
  public init(k: Int) throws(VerificationError) {
    guard k >= 1 else {
      throw VerificationError(
        expected: "k of at least 1", received: "\(k)", remedy: "Top-1 is the accuracy, top-5 is usual.")
    }
    self.k = k
  }

  /// nil without a sample.
  public var value: Double? { ratio(Double(hits), Double(total)) }

  /// Adds a batch of class scores (logits or probabilities), `[batch, classes]`, with the true classes.
  ///
  /// - Throws: ``VerificationError`` when the scores do not fit the labels or a label is no class; then
  ///   nothing is added.
  public mutating func add(scores: [Float], truths: [Int]) throws(VerificationError) {
    for (row, truth) in zip(try classRows(scores, truths), truths) {
      total += 1
      guard row.allSatisfy(\.isFinite) else { continue }
      let own = row[row.startIndex + truth]
      let ahead = row.enumerated().count { $1 > own || ($1 == own && $0 < truth) }
      if ahead < k { hits += 1 }
    }
  }

  /// - Precondition: the same k.
  public mutating func merge(_ other: TopKAccuracy) {
    precondition(k == other.k, "Top-\(k) and top-\(other.k) do not mix.")
    hits += other.hits
    total += other.total
  }
}

/// The scores of each sample.
func classRows(_ scores: [Float], _ truths: [Int]) throws(VerificationError) -> [ArraySlice<Float>] {
  guard !truths.isEmpty, scores.count.isMultiple(of: truths.count), !scores.isEmpty else {
    if truths.isEmpty, scores.isEmpty { return [] }
    throw VerificationError(
      expected: "equally many scores for each of \(truths.count) samples", received: "\(scores.count) scores",
      remedy: "Pass contiguous [batch, classes] and one label per sample.")
  }
  let classes = scores.count / truths.count
  if let wrong = truths.first(where: { !(0..<classes).contains($0) }) {
    throw VerificationError(
      expected: "a class from 0 to \(classes - 1)", received: "\(wrong)",
      remedy: "Number the classes from 0.")
  }
  return truths.indices.map { scores[$0 * classes..<($0 + 1) * classes] }
}
