import Foundation
import Testing
import Verification

@Suite struct FieldScoreTests {
  static func ramp(_ height: Int, _ width: Int) -> [Float] {
    (0..<height * width).map { Float($0 % 13) + Float($0 / 7 % 5) }
  }

  @Test func missingPixelsTouchNothing() throws {
    let (height, width) = (14, 18)
    let observation = Self.ramp(height, width)
    let forecast = observation.map { $0 * 0.9 + 0.3 }
    var mask = [Bool](repeating: true, count: height * width)
    for row in 0..<3 { mask[row * width + 4] = false }
    var (spoiltF, spoiltO) = (forecast, observation)
    for index in mask.indices where !mask[index] { (spoiltF[index], spoiltO[index]) = (.nan, 1e9) }
    func scores<Score: FieldScore>(_ empty: Score) throws -> (Score, Score) {
      var (clean, spoilt) = (empty, empty)
      try clean.add(
        forecast: forecast, observation: observation, mask: mask, height: height, width: width)
      try spoilt.add(forecast: spoiltF, observation: spoiltO, mask: mask, height: height, width: width)
      return (clean, spoilt)
    }
    let ssim = try scores(StructuralSimilarity(dataRange: 16))
    #expect(ssim.0 == ssim.1 && ssim.0.fields == 1)
    let fss = try scores(FractionsSkillScore(threshold: 4, scale: 3))
    #expect(fss.0 == fss.1)
    let spectrum = try scores(RadialSpectrum(height: height, width: width))
    #expect(spectrum.0 == spectrum.1 && spectrum.0.fieldsWithMissing == 1)
    let psnr = try scores(PeakSignalToNoise(dataRange: 16))
    #expect(psnr.0 == psnr.1)
  }

  @Test func undefinedIsNil() throws {
    #expect(try StructuralSimilarity(dataRange: 1).value == nil)
    var tiny = try StructuralSimilarity(dataRange: 1)
    try tiny.add(forecast: [1, 2], observation: [1, 2], height: 1, width: 2)
    #expect(tiny.value == nil && tiny.fieldsWithoutWindow == 1)
    var dry = try FractionsSkillScore(threshold: 1, scale: 3)
    try dry.add(forecast: [0, 0], observation: [0, 1], height: 1, width: 2)
    #expect(dry.value == nil)
    var perfect = try PeakSignalToNoise(dataRange: 1)
    try perfect.add(forecast: [1, 2], observation: [1, 2], height: 1, width: 2)
    #expect(perfect.value == nil && perfect.perfectFields == 1)
    #expect(try RadialSpectrum(height: 4, width: 5).forecast == nil)
  }

  @Test func blurredIsLessSharp() throws {
    let (height, width) = (16, 20)
    let observation = (0..<height * width).map { Float(($0 * 7919) % 23) }
    let blurred = (0..<height * width).map { index -> Float in
      let row = index / width * width
      return (-1...1).reduce(Float(0)) { $0 + observation[row + (index - row + $1 + width) % width] } / 3
    }
    var spectrum = try RadialSpectrum(height: height, width: width)
    try spectrum.add(forecast: blurred, observation: observation, height: height, width: width)
    let sharpness = try #require(spectrum.sharpness(from: 2, to: 5))
    #expect(sharpness < 0.6)
    #expect(spectrum.sharpness(from: 0, to: 1) == nil)
  }

  @Test func sumsOverPixels() throws {
    var errors = ContinuousErrors()
    try errors.add(forecast: [1, 2, 3, 4, 5, 6], observation: [1, 1, 1, 1, 1, 1])
    #expect(errors.mseSummed(overFrameOf: 3) == 55.0 / 2)
    #expect(errors.maeSummed(overFrameOf: 3) == 15.0 / 2)
    let psnr = try #require(errors.psnr(dataRange: 5))
    #expect(abs(psnr - 10 * log10(25 * 6 / 55.0)) < 1e-12)
  }

  @Test func refusals() throws {
    #expect(throws: VerificationError.self) { try StructuralSimilarity(dataRange: 0) }
    #expect(throws: VerificationError.self) { try PeakSignalToNoise(dataRange: .nan) }
    #expect(throws: VerificationError.self) { try FractionsSkillScore(threshold: 1, scale: 0) }
    #expect(throws: VerificationError.self) { try RadialSpectrum(height: 1, width: 8) }
    var spectrum = try RadialSpectrum(height: 2, width: 3)
    #expect(throws: VerificationError.self) {
      try spectrum.add(forecast: [0, 0], observation: [0, 0], height: 1, width: 2)
    }
    #expect(throws: VerificationError.self) {
      try spectrum.add(forecast: [0, 0], observation: [0, 0], height: 2, width: 3)
    }
    var top = try TopKAccuracy(k: 2)
    #expect(throws: VerificationError.self) { try top.add(scores: [1, 2, 3], truths: [0, 1]) }
    #expect(throws: VerificationError.self) { try top.add(scores: [1, 2], truths: [2]) }
    #expect(throws: VerificationError.self) { try TopKAccuracy(k: 0) }
    var calibration = try CalibrationError()
    #expect(throws: VerificationError.self) { try calibration.add(probabilities: [3, -2], truths: [0]) }
    #expect(throws: VerificationError.self) { try CalibrationError(bins: 0) }
  }
}
