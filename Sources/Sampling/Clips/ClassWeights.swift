import Readers

/// How much each class counts, so that rare classes are not drowned.
public struct ClassWeights: Equatable, Codable, Sendable {
  /// One positive number a class; the mean over the clips that they were made for is 1.
  public let values: [Float]

  /// - Throws: `DataError` if a weight is not positive.
  public init(_ values: [Float]) throws {
    guard !values.isEmpty, values.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw DataError(
        .invalidOption, expected: "a positive weight for each class", received: "\(values)",
        remedy: "Give every class a weight.")
    }
    self.values = values
  }

  /// Weights by which all classes count alike: n / (k · n_c) for n clips, k classes and n_c clips of a class.
  ///
  /// - Throws: `DataError` if a class has no clip.
  public init(balancing labels: [Int], classes: Int) throws {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels where counts.indices.contains(label) { counts[label] += 1 }
    guard let empty = counts.firstIndex(of: 0) else {
      try self.init(counts.map { Float(labels.count) / Float(classes * $0) })
      return
    }
    throw DataError(
      .badValue, expected: "a clip of every class", received: "none of class \(empty)",
      remedy: "Leave the class out, or add clips.")
  }

  /// The weight of each clip.
  public func weights(of labels: [Int]) -> [Float] { labels.map { values[$0] } }
}
