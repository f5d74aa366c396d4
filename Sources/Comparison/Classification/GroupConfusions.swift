import Verification

/// Confusion matrices of the test clips, one for each group: a group is what a bootstrap draws.
struct GroupConfusions: Codable, Hashable {
  private(set) var groups: [Int: ConfusionMatrix] = [:]
  let classes: Int

  init(classes: Int) { self.classes = classes }

  /// The matrix of a group, empty if it is new.
  ///
  /// - Throws: `VerificationError` without a class.
  mutating func add(to group: Int, _ body: (inout ConfusionMatrix) throws -> Void) throws {
    var matrix = try groups[group] ?? ConfusionMatrix(classes: classes)
    try body(&matrix)
    groups[group] = matrix
  }

  /// All groups together.
  ///
  /// - Throws: `VerificationError` without a class.
  func pooled() throws -> ConfusionMatrix {
    try groups.values.reduce(ConfusionMatrix(classes: classes)) { $0.merged(with: $1) }
  }

  /// - Throws: `VerificationError` without a group.
  func sums() throws -> BlockScores {
    try BlockScores(
      matrices: groups.sorted { $0.key < $1.key }.map { (label: "group \($0.key)", matrix: $0.value) })
  }
}
