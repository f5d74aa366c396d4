import Foundation
import Testing
import Verification

@Suite struct PatchArtifactsTests {
  /// A field whose power falls with wave number, and that does not repeat at its edges.
  static func smooth(_ height: Int, _ width: Int, seed: UInt64) -> [Float] {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    var field = [Float](repeating: 0, count: height * width)
    for _ in 0..<400 {
      let wave = 0.5 * pow(2 * Double(min(height, width)) / 2, random())
      let (angle, phase, amplitude) = (2 * .pi * random(), 2 * .pi * random(), pow(wave, -1.5))
      let (ky, kx) = (wave * sin(angle) / Double(height), wave * cos(angle) / Double(width))
      for index in field.indices {
        field[index] += Float(
          amplitude * cos(2 * .pi * (ky * Double(index / width) + kx * Double(index % width)) + phase))
      }
    }
    return field
  }

  private static func scores(
    _ forecast: (Int, [Float]) -> [Float], height: Int = 64, width: Int = 64
  ) throws -> PatchArtifacts {
    var scores = try PatchArtifacts(height: height, width: width)
    for seed in 1...6 {
      let observation = smooth(height, width, seed: UInt64(seed))
      try scores.add(
        forecast: forecast(seed, observation), observation: observation, height: height, width: width)
    }
    return scores
  }

  /// Smooth fields have no peaks; a pattern of period 4 shows at 4 (and 2) pixels and not at 8.
  @Test func aPatternShowsAtItsWavelength() throws {
    let scores = try Self.scores { _, observation in
      observation.enumerated().map {
        $1 + 0.3 * Float([1, 0, -1, 0][$0 % 64 % 4] * ($0 / 64 % 4 == 1 ? 1 : 0))
      }
    }
    for wavelength in [2, 4, 8, 16] {
      let clean = try #require(scores.observation(wavelength: wavelength))
      #expect(clean > 0 && clean < 1.7, "\(wavelength): \(clean)")
    }
    #expect(try #require(scores.observation(patch: 8)) < 2)
    #expect(try #require(scores.forecast(wavelength: 4)) > 5)
    #expect(try #require(scores.forecast(wavelength: 8)) < 1.7)
    #expect(try #require(scores.forecast(patch: 4)) > 5)
    #expect(try #require(scores.forecast(patch: 8)) > 5)
    #expect(scores.fields == 6)
  }

  /// A pattern whose strength follows the field shows too: that is what networks make.
  @Test func aCheckerboardOnTheFieldShows() throws {
    let scores = try Self.scores { _, observation in
      observation.enumerated().map { $1 * (1 + 0.1 * (($0 / 64 + $0 % 64).isMultiple(of: 2) ? 1 : -1)) }
    }
    let clean = try #require(scores.observation(wavelength: 2))
    #expect(try #require(scores.forecast(wavelength: 2)) > 3 * clean)
  }

  @Test func mergingEqualsAdding() throws {
    let (height, width) = (32, 48)
    var mask = [Bool](repeating: true, count: height * width)
    for index in 200..<260 { mask[index] = false }
    var (all, merged) = (
      try PatchArtifacts(height: height, width: width), try PatchArtifacts(height: height, width: width)
    )
    for seed in 1...3 {
      let observation = Self.smooth(height, width, seed: UInt64(seed))
      var forecast = observation.enumerated().map { $1 + Float($0 % 5) / 10 }
      for index in 200..<260 { forecast[index] = .nan }
      var one = try PatchArtifacts(height: height, width: width)
      try one.add(forecast: forecast, observation: observation, mask: mask, height: height, width: width)
      try all.add(forecast: forecast, observation: observation, mask: mask, height: height, width: width)
      merged.merge(one)
    }
    for wavelength in [2, 4] {
      let (a, b) = (
        try #require(all.forecast(wavelength: wavelength)),
        try #require(merged.forecast(wavelength: wavelength))
      )
      #expect(abs(a - b) < 1e-12 * a && a.isFinite)
    }
    #expect(try JSONDecoder().decode(PatchArtifacts.self, from: JSONEncoder().encode(all)) == all)
  }

  @Test func undefinedIsNilAndNonsenseIsRefused() throws {
    var scores = try PatchArtifacts(height: 32, width: 32)
    #expect(scores.forecast(patch: 4) == nil)
    try scores.add(
      forecast: Self.smooth(32, 32, seed: 1), observation: Self.smooth(32, 32, seed: 2), height: 32, width: 32
    )
    #expect(scores.forecast(patch: 4) != nil)
    // No multiple, no pattern, less than four patches.
    for patch in [5, 1, 0, 16] { #expect(scores.forecast(patch: patch) == nil) }
    var flat = try PatchArtifacts(height: 32, width: 32)
    try flat.add(
      forecast: [Float](repeating: 3, count: 1024), observation: Self.smooth(32, 32, seed: 2), height: 32,
      width: 32)
    #expect(flat.forecast(patch: 4) == nil)
    #expect(throws: VerificationError.self) { try PatchArtifacts(height: 0, width: 3) }
    #expect(throws: VerificationError.self) {
      try flat.add(forecast: [1, 2], observation: [1, 2], height: 1, width: 2)
    }
  }
}
