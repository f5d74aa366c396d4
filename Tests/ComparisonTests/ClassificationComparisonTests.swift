import Comparison
import Foundation
import Reports
import Synthesis
import Tasks
import Testing

@Suite struct ClassificationComparisonTests {
  @Test func comparesClassifiersOfMotion() async throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: output) }
    var motion = MotionClips()
    motion.scenes = 12
    motion.frames = 4
    motion.height = 12
    motion.width = 16
    var options = ComparisonSettings.classification
    options.parameters = 12_000
    options.seedCount = 2
    options.learningRates = []
    options.isQuick = true
    var settings = ClassificationSettings()
    settings.epochs = 2
    let report = try await ClassificationComparison(
      options: options, settings: settings, clips: try motion.clips(seed: 2), name: "motion",
      run: RunDescription(command: "", output: output)
    ).run()
    #expect(report.task == .classification)
    #expect(report.models.count == 2)
    #expect(report.baselines.map(\.name) == ["CNN, last frame alone", "Majority class"])
    let results = report.models.map(\.classification) + report.baselines.map(\.classification)
    for (result, seeds) in zip(results, [2, 2, 1, 1]) {
      let total = result!.confusion.reduce(0) { $0 + $1.reduce(0, +) } + result!.undecided
      #expect(total == seeds * report.data.split.last!.samples)
    }
    #expect(report.measurements?.count == 5)
    // Precision, recall and F1 of a perfect and of a constant answer are known.
    let scores = try #require(report.classScores)
    #expect(scores.entries.map(\.name) == report.models.map(\.name) + report.baselines.map(\.name))
    for (entry, model) in zip(scores.entries, report.models) {
      #expect(entry.topK! >= 0 && entry.topK! <= 1 && entry.calibrationError! >= 0)
      let correct = model.classification!.confusion.indices.map { label in
        Double(model.classification!.confusion[label][label])
      }
      let totals = model.classification!.confusion.map { Double($0.reduce(0, +)) }
      for (label, part) in entry.byClass.enumerated() where totals[label] > 0 {
        #expect(abs(part.recall! - correct[label] / totals[label]) < 1e-12)
      }
    }
    let majority = scores.entries[3].byClass.compactMap(\.precision)
    #expect(majority.count == 1, "one class is named, no other")
    let decisive = try #require(report.differences?.first)
    #expect(decisive.bySeed.count == 2 && decisive.blocks == 12 - 7 - 2)
    // Three groups have no interval, so nothing is called a difference or none.
    #expect(decisive.conclusion == .unknown && decisive.equivalence == nil && decisive.test == nil)
    #expect(report.verdict.outcome == .unknown(reason: "there is no interval of the difference"))
    #expect(report.verdict.certainty.contains("More groups of clips"))
    let page = try String(contentsOf: output.appending(path: "index.html"), encoding: .utf8)
    #expect(!page.contains("no clear difference") && !page.contains("No clear difference"))
    #expect(
      report.settings.contains(Setting("Margin of practical equivalence", "0.02 of the accuracy")))
    #expect(FileManager.default.fileExists(atPath: output.appending(path: "index.html").path))
  }
}
