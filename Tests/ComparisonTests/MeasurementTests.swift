import Comparison
import TensorCore
import Testing

@Suite struct MeasurementTests {
  @Test func probesReadOffWhatIsLinearlyThere() {
    var random = RandomStream(seed: 5)
    func samples(_ count: Int) -> (features: [[Double]], targets: [[Double]]) {
      let features = (0..<count).map { _ in (0..<6).map { _ in Double(random.normal()) } }
      return (features, features.map { [2 * $0[0] - $0[3] + 7] })
    }
    let (training, validation, test) = (samples(60), samples(20), samples(30))
    let score = LinearProbe.score(training: training, validation: validation, test: test)
    #expect(score ?? 0 > 0.98)
    let noise = (test.features, test.targets.map { _ in [Double(random.normal())] })
    #expect(LinearProbe.score(training: training, validation: validation, test: noise) ?? 1 < 0.5)
  }

  @Test func theMainObjectIsTheLargestConnectedArea() throws {
    // Two areas: one pixel at the top left, four at the right; they touch by a corner only.
    let field: [Float] = [
      9, 0, 0, 0, 0,
      0, 0, 0, 2, 2,
      0, 0, 0, 2, 2,
    ]
    let centre = try #require(MainObject.centre(field, height: 3, width: 5, above: 1))
    #expect(centre.row == 1.5 && centre.column == 3.5)
    #expect(MainObject.centre(field, height: 3, width: 5, above: 9) == nil)
  }

  @Test func disturbancesMoveFramesAlone() {
    let clip = Tensor((0..<12).map(Float.init), shape: [1, 4, 1, 3, 1])
    func firsts(_ disturbance: TemporalMeasurement.Disturbance) -> [Float] {
      let values = disturbance.applied(to: clip).values
      return stride(from: 0, to: 12, by: 3).map { values[$0] }
    }
    #expect(firsts(.none) == [0, 3, 6, 9])
    #expect(firsts(.reversed) == [9, 6, 3, 0])
    #expect(firsts(.frozen) == [9, 9, 9, 9])
    #expect(firsts(.last(2)) == [6, 6, 6, 9])
    #expect(Set(firsts(.shuffled)) == [0, 3, 6, 9])
  }
}
