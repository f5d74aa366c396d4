import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

@Suite struct FieldNormalizerTests {
  private func source(_ values: [[Float]], unit: PhysicalUnit = .dimensionless) throws -> FrameArray {
    try FrameArray(
      values.map { try Frame(shape: FrameShape(height: 1, width: $0.count), values: $0) }, unit: unit)
  }

  @Test func onlyTheTrainingPartIsLookedAt() throws {
    let source = try self.source([[1, 3], [500, -500], [5, .nan]])
    let normalizer = try FieldNormalizer(fittedOn: source, frames: [0, 2])
    #expect(abs(normalizer.shift - 3) < 1e-6)
    #expect(abs(normalizer.scale - Float(8.0 / 3).squareRoot()) < 1e-6)
    #expect(normalizer.normalize(3) == 0)
    #expect(normalizer.fillValue == 0)
    #expect(abs(normalizer.denormalize(normalizer.normalize(-7)) + 7) < 1e-5)
  }

  @Test func minMaxIsZeroToOne() throws {
    let normalizer = try FieldNormalizer(
      fittedOn: source([[2, 4], [8, 3]]), frames: 0..<2, method: .minMax)
    #expect(normalizer.normalize(2) == 0 && normalizer.normalize(8) == 1)
    #expect(normalizer.fillValue == -0.5)
  }

  @Test(
    arguments: [
      .logOnePlus(reference: 0.5), .dBR(threshold: 0.1), .decibels(threshold: 0.2, below: -15),
      .reflectivity(.marshallPalmer, below: -10),
    ] as [ValueTransform])
  func rainComesBack(transform: ValueTransform) throws {
    let normalizer = try FieldNormalizer(
      fittedOn: source([[0, 0.3, 1, 50]], unit: .millimetresPerHour), frames: 0..<1, transform: transform)
    for rate: Float in [0, 0.3, 1, 12.5, 140] {
      let back = normalizer.denormalize(normalizer.normalize(rate))
      #expect(abs(back - rate) <= 1e-3 * rate, "\(transform): \(rate) came back as \(back)")
    }
    // No data, dry, and the weakest rain are three different things.
    let dry = normalizer.normalize(0)
    #expect(normalizer.fillValue < dry - 0.1)
    #expect(dry < normalizer.normalize(0.3))
    // An untrained network makes no infinities.
    #expect(normalizer.denormalize(1e30).isFinite)
    #expect(normalizer.denormalize(-1e30) == 0)
    let data = try JSONEncoder().encode(normalizer)
    #expect(try JSONDecoder().decode(FieldNormalizer.self, from: data) == normalizer)
  }

  @Test func dBRIsThatOfPysteps() {
    let transform = ValueTransform.dBR(threshold: 0.1)
    #expect(transform(0.1) == -10)
    #expect(transform(0.0999) == -15)
    #expect(transform(0) == -15)
    #expect(transform(1) == 0)
    #expect(transform.inverse(-10) > 0.0999)
    #expect(transform.inverse(-12) == 0)
  }

  @Test func senselessNormalizersAreRefused() throws {
    let flat = try source([[2, 2], [2, 2]])
    #expect(dataError { try FieldNormalizer(fittedOn: flat, frames: 0..<2) }?.kind == .badValue)
    let missing = try source([[.nan, .nan]])
    #expect(dataError { try FieldNormalizer(fittedOn: missing, frames: 0..<1) }?.kind == .badValue)
    for transform: ValueTransform in [
      .logOnePlus(reference: 0), .decibels(threshold: -1, below: 0), .decibels(threshold: 0.1, below: 5),
      .reflectivity(.marshallPalmer, below: .nan),
    ] {
      #expect(dataError { try FieldNormalizer(transform: transform, shift: 0, scale: 1) } != nil)
    }
    #expect(dataError { try FieldNormalizer(shift: 0, scale: 0) }?.kind == .invalidOption)
  }

  @Test func storedNormalizersKnowTheirKind() throws {
    let rain = try StoredNormalizer(
      fittedOn: source([[0, 5]], unit: .millimetresPerHour), frames: 0..<1)
    let other = try StoredNormalizer(fittedOn: source([[0, 5]]), frames: 0..<1)
    for normalizer in [rain, other] {
      let data = try JSONEncoder().encode(normalizer)
      #expect(try JSONDecoder().decode(StoredNormalizer.self, from: data) == normalizer)
    }
    guard case .logRain(let plain) = rain else { return }
    // What older models hold is read as what it is.
    #expect(try JSONDecoder().decode(StoredNormalizer.self, from: JSONEncoder().encode(plain)) == rain)
    #expect(rain.normalize(5) == plain.normalize(5))
    #expect(other.summary == "(x − 2.5) / 2.5")
  }
}
