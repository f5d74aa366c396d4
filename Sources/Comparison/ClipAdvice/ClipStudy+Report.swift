import Contenders
import Reports

extension ClipStudy.Row {
  /// What a report says of a set; nil where a model or the last frame alone is missing.
  ///
  /// - Throws: What generating and measuring throw.
  package init?(_ set: StudiedClips, _ report: ComparisonReport) throws {
    func accuracy(_ name: String) -> Double? {
      report.models.first { $0.name == name }?.classification?.accuracy
        ?? report.baselines.first { $0.name == name }?.classification?.accuracy
    }
    guard let conv2d = accuracy(Conv2DLSTMClassifier.displayName),
      let convLSTM = accuracy(ConvLSTM2DClassifier.displayName),
      let last = accuracy(CNNLastClassifier.displayName)
    else { return nil }
    let test = report.models.first?.classification?.confusion.joined().reduce(0, +) ?? 0
    self.init(
      number: set.number, generator: set.generator.rawValue, budget: set.budget.rawValue,
      situation: ClipStudy.Situation(try set.probes()), conv2dLSTM: conv2d, convLSTM2D: convLSTM,
      cnnLast: last,
      testClips: test)
  }
}
