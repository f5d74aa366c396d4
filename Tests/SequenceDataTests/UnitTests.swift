import Foundation
import SequenceData
import Testing

@Suite struct UnitTests {
  @Test(arguments: [(1, 23.01), (10, 39.01), (0.1, 7.01), (100, 55.01)] as [(Float, Float)])
  func marshallPalmer(rate: Float, decibels: Float) throws {
    let relation = ReflectivityRelation.marshallPalmer
    #expect(abs(relation.decibels(rate: rate) - decibels) < 0.005)
    #expect(abs(relation.rate(decibels: relation.decibels(rate: rate)) - rate) < 1e-4 * rate)
    #expect(relation.decibels(rate: 0) == -.infinity)
  }

  @Test func otherRelations() throws {
    // WSR-88D convective: Z = 300 R^1.4, so 40 dBZ are 12.24 mm/h.
    let convective = try ReflectivityRelation(a: 300, b: 1.4)
    #expect(abs(convective.rate(decibels: 40) - 12.24) < 0.01)
    for (a, b) in [(0.0, 1.6), (200, 0), (.nan, 1), (200, .infinity)] {
      #expect(dataError { try ReflectivityRelation(a: a, b: b) }?.kind == .invalidOption)
    }
    let json = Data(#"{"a": -1, "b": 1}"#.utf8)
    #expect(dataError { try JSONDecoder().decode(ReflectivityRelation.self, from: json) } != nil)
  }

  @Test func dryAndMissingStayApart() throws {
    let frame = try Frame(
      shape: FrameShape(height: 1, width: 4), values: [0, 10, .nan, 0.0001],
      time: Date(timeIntervalSince1970: 0))
    let source = try FrameArray([frame], unit: .millimetresPerHour)
    let echoes = try ConvertedSource(source, .rateToReflectivity(.marshallPalmer, noEcho: -20))
    #expect(echoes.unit == .decibelsZ)
    let values = try echoes.frame(at: 0)
    #expect(values.isValid == [true, true, false, true])
    #expect(values.values[0] == -20 && values.values[3] == -20)
    #expect(abs(values.values[1] - 39.01) < 0.005)
    let back = try ConvertedSource(echoes, .reflectivityToRate(.marshallPalmer, noEcho: -20)).frame(at: 0)
    #expect(back.isValid == values.isValid)
    #expect(back.values[0] == 0 && back.values[3] == 0)
    #expect(abs(back.values[1] - 10) < 1e-3)
    #expect(back.time == frame.time)
  }

  @Test func accumulations() throws {
    let source = try FrameArray(
      [Frame(shape: FrameShape(height: 1, width: 2), values: [0.5, 2])], unit: .millimetres)
    let rates = try ConvertedSource(source, .accumulationToRate(minutes: 5))
    #expect(try rates.frame(at: 0).values == [6, 24])
    #expect(rates.unit == .millimetresPerHour)
    let sums = try ConvertedSource(rates, .rateToAccumulation(minutes: 10))
    #expect(try sums.frame(at: 0).values == [1, 4])
    #expect(dataError { try ConvertedSource(rates, .accumulationToRate(minutes: 5)) }?.kind == .wrongType)
    #expect(
      dataError { try ConvertedSource(source, .accumulationToRate(minutes: 0)) }?.kind == .invalidOption)
  }
}

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
