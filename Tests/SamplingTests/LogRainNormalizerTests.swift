import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

@Suite struct LogRainNormalizerTests {
  private func source(_ frames: [[Float]], valid: [Bool]? = nil) throws -> FrameArray {
    try FrameArray(
      frames.map { try Frame(shape: FrameShape(height: 1, width: $0.count), values: $0, isValid: valid) },
      unit: .millimetresPerHour)
  }

  @Test(arguments: LogRainNormalizer.Method.allCases)
  func thereAndBack(method: LogRainNormalizer.Method) throws {
    let normalizer = try LogRainNormalizer(
      fittedOn: source([[0, 0, 0.12, 3, 50]]), frames: 0..<1, method: method)
    for rate: Float in [0, 0.12, 0.5, 2, 5, 31.7, 150, 2000] {
      let back = normalizer.denormalize(normalizer.normalize(rate))
      #expect(abs(back - rate) <= 1e-5 * max(1, rate))
    }
    #expect(normalizer.fillValue < normalizer.normalize(0))
    #expect(normalizer.normalize(0.12) > normalizer.normalize(0))
  }

  @Test func constantsByHand() throws {
    let e = Float(M_E)
    // log(1 + r) is 0, 1, 2 and once missing.
    let data = try source([[0, e - 1], [e * e - 1, 7]], valid: nil)
    let masked = try FrameArray(
      [
        data.frames[0],
        Frame(shape: data.shape, values: data.frames[1].values, isValid: [true, false]),
      ], unit: .millimetresPerHour)
    let standard = try LogRainNormalizer(fittedOn: masked, frames: 0..<2, method: .standard)
    #expect(abs(standard.shift - 1) < 1e-6)
    #expect(abs(standard.scale - Float(2.0 / 3).squareRoot()) < 1e-6)
    let dry = try LogRainNormalizer(fittedOn: masked, frames: 0..<2)
    #expect(dry.normalize(0) == 0)
    #expect(abs(dry.scale - Float(5.0 / 3).squareRoot()) < 1e-6)
    #expect(dry.fillValue == -0.5)
    let range = try LogRainNormalizer(fittedOn: masked, frames: 0..<2, method: .minMax)
    #expect(abs(range.normalize(e * e - 1) - 1) < 1e-6)
  }

  @Test func onlyTheGivenFramesCount() throws {
    let data = try source([[0, 1], [0, 2], [0, 500]])
    let training = try LogRainNormalizer(fittedOn: data, frames: 0..<2)
    let alone = try LogRainNormalizer(fittedOn: source([[0, 1], [0, 2]]), frames: 0..<2)
    #expect(training == alone)
    #expect(training != (try LogRainNormalizer(fittedOn: data, frames: 0..<3)))
  }

  @Test func wildForecastsStayFinite() throws {
    let normalizer = try LogRainNormalizer(shift: 0, scale: 0.4)
    #expect(normalizer.denormalize(1e30) == LogRainNormalizer.ceiling)
    #expect(normalizer.denormalize(-1e30) == 0)
    #expect(normalizer.denormalize(-3) == 0)
  }

  @Test func whatCannotBeFittedIsRefused() throws {
    #expect(
      dataError { try LogRainNormalizer(fittedOn: source([[0, 0]]), frames: 0..<1) }?.kind == .badValue)
    #expect(
      dataError { try LogRainNormalizer(fittedOn: source([[5]], valid: [false]), frames: 0..<1) }?.kind
        == .badValue)
    let picture = try countingSource(frames: 1, height: 2, width: 2, unit: .brightness)
    #expect(dataError { try LogRainNormalizer(fittedOn: picture, frames: 0..<1) }?.kind == .wrongType)
    #expect(dataError { try LogRainNormalizer(shift: 0, scale: 0) }?.kind == .invalidOption)
    #expect(dataError { try LogRainNormalizer(shift: .nan, scale: 1) }?.kind == .invalidOption)
    #expect(
      dataError { try LogRainNormalizer(referenceRate: -1, shift: 0, scale: 1) }?.kind == .invalidOption)
  }

  @Test func storedNormalisersComeBackAndAreChecked() throws {
    let normalizer = try LogRainNormalizer(shift: 0.2, scale: 0.7, fillValue: -2)
    let stored = try JSONEncoder().encode(normalizer)
    #expect(try JSONDecoder().decode(LogRainNormalizer.self, from: stored) == normalizer)
    let broken = Data(#"{"referenceRate":1,"shift":0,"scale":0,"fillValue":-1}"#.utf8)
    #expect(throws: DataError.self) { try JSONDecoder().decode(LogRainNormalizer.self, from: broken) }
  }
}
