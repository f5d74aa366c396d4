import Foundation
import SafeTensors
import Testing
import Verification

/// Scores against pysteps (`Reference/scores.py`), fields with values exactly on the thresholds included.
@Suite struct GoldenScoresTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Goldens/scores")

  static let cases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".safetensors") }.sorted()
  }()

  @Test func goldensAreThere() {
    #expect(Self.cases.count >= 8)
  }

  @Test(arguments: cases) func equalsPysteps(name: String) throws {
    let golden = try SafeTensorsFile(contentsOf: Self.folder.appending(path: name))
    func names(_ key: String) throws -> [String] {
      let text = try #require(golden.metadata[key])
      return try JSONDecoder().decode([String].self, from: Data(text.utf8))
    }
    let undefined = Set(try names("undefined"))
    func compare(_ ours: Double?, _ key: String) throws {
      if undefined.contains(key) {
        #expect(ours == nil, "\(key)")
      } else {
        let expected = Double(try #require(golden.floats(key).first))
        let value = try #require(ours, "\(key)")
        #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)), "\(key)")
      }
    }

    let thresholds = try names("thresholds")
    let scores = try merged(golden, thresholds: thresholds.compactMap { Float($0) })
    for (table, text) in zip(scores.tables[0], thresholds) {
      for score in CategoricalScore.allCases {
        try compare(table.value(of: score), "\(score.rawValue).\(text)")
      }
      try compare(Double(table.hits), "hits.\(text)")
      try compare(Double(table.misses), "misses.\(text)")
      try compare(Double(table.falseAlarms), "false_alarms.\(text)")
      try compare(Double(table.correctNegatives), "correct_negatives.\(text)")
    }
    try compare(scores.errors[0].mse, "mse")
    try compare(scores.errors[0].mae, "mae")
    try compare(scores.errors[0].rmse, "rmse")
    try compare(scores.errors[0].meanError, "me")
  }

  /// `[fields, height, width]`, each field scored on its own and merged, as the script does.
  private func merged(_ golden: SafeTensorsFile, thresholds: [Float]) throws -> LeadTimeScores {
    let (forecast, observation) = (try golden.floats("forecast"), try golden.floats("observation"))
    let mask = try golden.floats("mask")
    let fields = try golden.shape("forecast")[0]
    let size = forecast.count / fields
    let empty = try LeadTimeScores(leadTimes: [5], thresholds: thresholds)
    return try (0..<fields).reduce(empty) { scores, field in
      let range = field * size..<(field + 1) * size
      var one = empty
      try one.add(
        forecast: Array(forecast[range]), observation: Array(observation[range]), mask: Array(mask[range]))
      return scores.merged(with: one)
    }
  }
}
