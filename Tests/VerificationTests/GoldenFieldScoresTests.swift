import Foundation
import SafeTensors
import Testing
import Verification

/// Scores of fields against scikit-image and pysteps (`Reference/field_scores.py`).
@Suite struct GoldenFieldScoresTests {
  struct Golden {
    let file: SafeTensorsFile
    let (fields, height, width): (Int, Int, Int)
    let forecast: [Float]
    let observation: [Float]

    init(_ name: String) throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      file = try SafeTensorsFile(
        contentsOf: folder.appending(path: "Goldens/field-scores/\(name).safetensors"))
      let shape = try file.shape("forecast")
      (fields, height, width) = (shape[0], shape[1], shape[2])
      forecast = try file.floats("forecast")
      observation = try file.floats("observation")
    }

    func numbers(_ key: String) throws -> [Double] {
      let text = try #require(file.metadata[key])
      return try JSONDecoder().decode([Double].self, from: Data(text.utf8))
    }

    /// Each field added to a score of its own, and all merged.
    func merged<Score: FieldScore>(_ empty: Score) throws -> Score {
      let size = height * width
      return try (0..<fields).reduce(empty) { scores, field in
        var one = empty
        let range = field * size..<(field + 1) * size
        try one.add(
          forecast: Array(forecast[range]), observation: Array(observation[range]), height: height,
          width: width)
        return scores.merged(with: one)
      }
    }

    func expect(_ ours: Double?, _ key: String) throws {
      let expected = Double(try #require(file.floats(key).first))
      let value = try #require(ours, "\(key)")
      #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)), "\(key): \(value), \(expected)")
    }
  }

  @Test(arguments: ["tall", "wide", "odd"]) func similarityAndNoise(name: String) throws {
    let golden = try Golden(name)
    let range = try #require(golden.file.metadata["range"].flatMap { Double($0) })
    try golden.expect(golden.merged(StructuralSimilarity(dataRange: range)).value, "ssim")
    try golden.expect(
      golden.merged(StructuralSimilarity(dataRange: range, window: .gaussian)).value, "ssim.gaussian")
    try golden.expect(golden.merged(PeakSignalToNoise(dataRange: range)).value, "psnr")
  }

  @Test(arguments: ["tall", "wide", "odd"]) func fractionsSkill(name: String) throws {
    let golden = try Golden(name)
    for threshold in try golden.numbers("thresholds") {
      for scale in try golden.numbers("scales").map({ Int($0) }) {
        let score = try golden.merged(FractionsSkillScore(threshold: Float(threshold), scale: scale))
        try golden.expect(score.value, "fss.\(threshold).\(scale)")
      }
    }
  }

  @Test(arguments: ["tall", "wide", "odd"]) func spectra(name: String) throws {
    let golden = try Golden(name)
    let spectrum = try golden.merged(RadialSpectrum(height: golden.height, width: golden.width))
    for (ours, key) in [(spectrum.forecast, "rapsd.forecast"), (spectrum.observation, "rapsd.observation")] {
      let ours = try #require(ours)
      let expected = try golden.file.floats(key).map(Double.init)
      #expect(ours.count == expected.count)
      for (a, b) in zip(ours, expected) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b))) }
    }
  }

  @Test func byLeadTime() throws {
    let golden = try Golden("odd")
    var options = FieldLeadTimeScores.Options(dataRange: 20, thresholds: [0.55], scales: [1, 5])
    options.window = .uniform
    let empty = try FieldLeadTimeScores(
      leadTimes: [5, 10, 15], height: golden.height, width: golden.width, options: options)
    var scores = empty
    try golden.forecast.withUnsafeBufferPointer { forecast in
      try golden.observation.withUnsafeBufferPointer { observation in
        try scores.add(PixelPairs(forecast: forecast, observation: observation), samples: 1)
      }
    }
    try golden.expect(scores.pooled.ssim?.value, "ssim")
    try golden.expect(scores.pooled.psnr?.value, "psnr")
    try golden.expect(scores.pooled.fss[0][1].value, "fss.0.55.5")
    var merged = empty
    merged.merge(scores)
    #expect(merged == scores)
    #expect(scores.scores.map { $0.ssim?.fields } == [1, 1, 1])
    let decoded = try JSONDecoder().decode(
      FieldLeadTimeScores.self, from: JSONEncoder().encode(scores))
    #expect(decoded == scores)
  }
}
