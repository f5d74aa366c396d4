/// Counts of predicted against true classes: `counts[truth][prediction]`.
public struct ConfusionMatrix: Codable, Hashable, Sendable {
  /// Number of classes.
  public let classes: Int
  /// `counts[truth][prediction]`: rows are the true classes.
  public private(set) var counts: [[Int]]
  /// `undecided[truth]`: samples whose scores held a NaN or an infinity, so that no class is the largest.
  /// They count as wrong.
  public private(set) var undecided: [Int]

  /// - Throws: ``VerificationError`` without a class.
  public init(classes: Int) throws(VerificationError) {
    guard classes > 0 else {
      throw VerificationError(
        expected: "at least one class", received: "\(classes)", remedy: "Pass the number of classes.")
    }
    self.classes = classes
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    undecided = Array(repeating: 0, count: classes)
  }

  /// From counts that fit the number of classes.
  init(classes: Int, counts: [[Int]], undecided: [Int]) {
    self.classes = classes
    self.counts = counts
    self.undecided = undecided
  }

  /// Adds one sample.
  ///
  /// - Throws: ``VerificationError`` when a class lies outside `0..<classes`.
  public mutating func add(prediction: Int, truth: Int) throws(VerificationError) {
    try check(truth)
    try check(prediction)
    counts[truth][prediction] += 1
  }

  /// Adds a batch of class scores (logits or probabilities), `[batch, classes]`, with the true classes. The
  /// largest score is the prediction, the first of equals.
  ///
  /// - Throws: ``VerificationError`` when the scores do not fit the labels or a label is no class; then
  ///   nothing is added.
  public mutating func add(
    scores: UnsafeBufferPointer<Float>, truths: [Int]
  ) throws(VerificationError) {
    guard scores.count == truths.count * classes else {
      throw VerificationError(
        expected: "\(classes) scores for each of \(truths.count) samples", received: "\(scores.count) scores",
        remedy: "Pass contiguous [batch, classes] and one label per sample.")
    }
    for truth in truths { try check(truth) }
    for (sample, truth) in truths.enumerated() {
      let row = UnsafeBufferPointer(rebasing: scores[sample * classes..<(sample + 1) * classes])
      guard row.allSatisfy(\.isFinite) else {
        undecided[truth] += 1
        continue
      }
      var best = 0
      for index in 1..<classes where row[index] > row[best] { best = index }
      counts[truth][best] += 1
    }
  }

  /// Adds a batch of class scores, `[batch, classes]`.
  ///
  /// - Throws: ``VerificationError`` as for the buffer version.
  public mutating func add(scores: [Float], truths: [Int]) throws(VerificationError) {
    try scores.withUnsafeBufferPointer { pointer throws(VerificationError) in
      try add(scores: pointer, truths: truths)
    }
  }

  /// - Precondition: both have the same number of classes.
  public mutating func merge(_ other: ConfusionMatrix) {
    precondition(classes == other.classes, "Matrices of \(classes) and \(other.classes) classes do not mix.")
    for truth in 0..<classes {
      undecided[truth] += other.undecided[truth]
      for prediction in 0..<classes { counts[truth][prediction] += other.counts[truth][prediction] }
    }
  }

  /// Both together, as if all samples had been added to one.
  public func merged(with other: ConfusionMatrix) -> ConfusionMatrix {
    var both = self
    both.merge(other)
    return both
  }

  /// Samples seen so far, undecided ones included.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } + undecided.reduce(0, +) }

  private func check(_ label: Int) throws(VerificationError) {
    guard (0..<classes).contains(label) else {
      throw VerificationError(
        expected: "a class from 0 to \(classes - 1)", received: "\(label)",
        remedy: "Number the classes from 0 and make the matrix as large as the class list.")
    }
  }
}

extension ConfusionMatrix {
  private enum CodingKeys: CodingKey { case classes, counts, undecided }

  /// - Throws: `DecodingError` when the counts are not `[classes, classes]`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(classes: container.decode(Int.self, forKey: .classes))
    counts = try container.decode([[Int]].self, forKey: .counts)
    undecided = try container.decode([Int].self, forKey: .undecided)
    let fits =
      counts.count == classes && undecided.count == classes && counts.allSatisfy { $0.count == classes }
    guard fits else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: container, debugDescription: "Expected \(classes) rows of \(classes) counts.")
    }
  }
}
