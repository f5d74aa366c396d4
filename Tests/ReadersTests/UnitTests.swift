import DataTestSupport
import Foundation
import Readers
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
