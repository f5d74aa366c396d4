import Comparison
import Foundation
import Reports
import SequenceData
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
    var options = ClassificationOptions()
    options.parameters = 12_000
    options.epochs = 2
    let report = try await ClassificationComparison(
      options: options, clips: try motion.clips(seed: 2), name: "motion",
      run: RunDescription(command: "", output: output)
    ).run()
    #expect(report.task == .classification)
    #expect(report.models.count == 2)
    for result in report.models.map(\.classification) + report.baselines.map(\.classification) {
      let total = result!.confusion.reduce(0) { $0 + $1.reduce(0, +) } + result!.undecided
      #expect(total == report.data.split.last!.samples)
    }
    #expect(FileManager.default.fileExists(atPath: output.appending(path: "index.html").path))
  }
}
