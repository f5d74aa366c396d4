import Architectures
import Autodiff
import Layers
import TensorCore
import Testing

@Suite struct ArchitectureTests {
  private let forecast = ForecastArchitecture(
    inputFrames: 3, forecastFrames: 5, height: 16, width: 24, channels: 2, patchSize: 2)
  private let classification = ClassificationArchitecture(
    frames: 4, height: 12, width: 16, channels: 1, classes: 3)

  @Test(arguments: Family.allCases) func forecastersGiveTheFramesAskedFor(_ family: Family) throws {
    let model = try forecast.model(family, width: 6, initialization: .seed(1))
    #expect(try model(.ones([2, 3, 16, 24, 2])).shape == [2, 5, 16, 24, 1])
    #expect(model.parameterCount == (try forecast.parameterCount(family, width: 6)))
  }

  @Test(arguments: Family.allCases) func classifiersGiveProbabilities(_ family: Family) throws {
    let model = try classification.model(family, width: 5, initialization: .seed(1))
    let output = try model(.ones([2, 4, 12, 16, 1]))
    #expect(output.shape == [2, 3])
    #expect(abs(Reduction.sum(output) - 2) < 1e-5)
    #expect(model.parameterCount == (try classification.parameterCount(family, width: 5)))
  }

  @Test(arguments: Family.allCases) func everyParameterOfAForecasterLearns(_ family: Family) throws {
    var random = RandomStream(seed: 3)
    let model = try forecast.model(family, width: 4, initialization: .seed(2))
    let x = random.normal(shape: [2, 3, 16, 24, 2])
    let (_, gradients) = try valueAndGradient(at: model) { try $0(x).squared().sum() }
    for (name, parameter) in model.parameters where parameter.isTrainable {
      #expect(gradients[name]?.values.contains { $0 != 0 } == true, "\(name)")
    }
  }

  @Test(arguments: [20_000, 60_000, 300_000]) func bothFamiliesComeToEqualSize(_ budget: Int) throws {
    let architecture = ForecastArchitecture(inputFrames: 6, forecastFrames: 12, height: 64, width: 64)
    let matched = try WidthMatcher.match(architecture, parameters: budget < 50_000 ? 60_000 : budget)
    #expect(matched.map(\.family) == [.sequential, .integrated])
    let (a, b) = (Double(matched[0].parameters), Double(matched[1].parameters))
    #expect(abs(a - b) / max(a, b) <= 0.03)
    #expect(matched.allSatisfy { $0.operations > 0 })
  }

  @Test func impossibleBudgetsAreRefused() {
    let architecture = ForecastArchitecture(inputFrames: 6, forecastFrames: 12, height: 512, width: 512)
    #expect(throws: WidthMatchError.self) { try WidthMatcher.match(architecture, parameters: 1_000) }
  }

  @Test func framesThatCannotBeDividedAreRefused() {
    let odd = ForecastArchitecture(inputFrames: 3, forecastFrames: 5, height: 18, width: 24)
    for family in Family.allCases {
      #expect(throws: ShapeError.self) { try odd.model(family, width: 4, initialization: .none) }
    }
  }
}
