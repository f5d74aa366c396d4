import Training

/// Is told how a comparison goes. Libraries print nothing: whoever runs them decides what becomes of this.
package protocol ComparisonProgress: Sendable {
  /// A line for people: what begins, what was found.
  func note(_ line: String)
  /// What follows the epochs of each training.
  var training: any TrainingProgress { get }
}

/// Says nothing.
package struct SilentComparison: ComparisonProgress {
  package init() {}
  package func note(_ line: String) {}
  package var training: any TrainingProgress { SilentProgress() }
}
