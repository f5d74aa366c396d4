import Foundation
import Synthesis
import Tasks
import Testing

/// The model that ships with the package.
@Suite struct StarterModelTests {
  @Test func itForecastsRainThatItHasNotSeen() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = package.appending(path: "Models/rain-5min")
    let size =
      try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: "model.squall").path)[.size] as? Int
    #expect(try #require(size) < 2_000_000)
    let forecaster = try StoredModel(contentsOf: folder).forecaster()
    let notes = forecaster.notes
    #expect(notes.stepMinutes == 5 && notes.inputFrames == 6 && notes.forecastFrames == 12)
    #expect(notes.pixelSize.map { $0 == (2, 2) } == true && notes.profile != nil && notes.skill != nil)
    #expect(notes.settings?.calibration == .matching && notes.settings?.coordinates == .lagrangian)

    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width) = (20, 130, 148)
    let source = try AdvectedCells(options, seed: 2)
    let scores = try ForecastEvaluation(of: forecaster, on: [source], thresholds: [0.5])
    let sprog = try #require(scores.baselines.first { $0.name == "S-PROG" }).scores
    let (own, other) = (try #require(scores.model.pooledErrors.mse), try #require(sprog.pooledErrors.mse))
    #expect(own < other, "a mean squared error of \(own) beside S-PROG's \(other)")
  }
}
