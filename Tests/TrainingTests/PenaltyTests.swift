import Autodiff
import Layers
import TensorCore
import Testing
import Training

/// A layer that changes nothing and wants its parameter to be zero, each time it is called.
private struct Shrinking: UnaryLayer {
  static let typeName = "ShrinkingForTests"
  var times = 1
  var size = Parameter.unbuilt

  func outputShape(for input: SymbolicShape) -> SymbolicShape { input }
  func parameterSpecifications(for input: SymbolicShape) -> [ParameterSpecification] {
    [ParameterSpecification("size", [2], .ones)]
  }
  mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try visit("size", &size)
  }
  func forward(_ input: Tensor, context: inout Context) -> Tensor {
    for _ in 0..<times where context.isTraining { context.penalize(size.value.squared().sum()) }
    return input
  }
  enum CodingKeys: CodingKey { case times }
}

@Suite struct PenaltyTests {
  private func model(_ layers: [(name: String, times: Int)]) throws -> ModelGraph {
    let builder = GraphBuilder(seed: 1)
    var value = try builder.input([nil, 6])
    for layer in layers { value = try Shrinking(times: layer.times)(value, name: layer.name) }
    return try builder.model(outputs: [Dense(units: 2)(value, name: "dense")])
  }

  /// The sum over layers of each one's mean.
  @Test func aLayerCountsByItsMeanAndLayersAddUp() throws {
    var context = Context(isTraining: true)
    _ = try model([("a", 3), ("b", 1)]).call([.ones([1, 6])], context: &context)
    #expect(context.penalties.keys.sorted() == ["a", "b"] && context.penalties["a"]?.count == 3)
    #expect(context.penalty?.scalar == 4)
    var inference = Context.inference
    _ = try model([("a", 3)]).call([.ones([1, 6])], context: &inference)
    #expect(inference.penalty == nil)
  }

  /// The trainer makes the penalty small, and reports the loss alone.
  @Test func penaltiesAreLearnedButNotReported() async throws {
    func trained(_ model: ModelGraph) async throws -> TrainingResult<ModelGraph> {
      var trainer = Trainer(
        model, optimizer: try Optimizer(Adam(learningRate: 0.05)),
        plan: TrainingPlan(loss: .meanSquaredError, epochs: 10, seed: 8))
      return try await trainer.fit(on: smallBatches(), validation: smallBatches(8, seed: 4))
    }
    let with = try await trained(model([("a", 1)]))
    let without = try await trained(model([]))
    #expect(with.history.epochs.map(\.trainingLoss) == without.history.epochs.map(\.trainingLoss))
    #expect(with.history.epochs.map(\.validationLoss) == without.history.epochs.map(\.validationLoss))
    let size = try #require(with.last.parameters.first { $0.name == "a/size" }?.parameter.value)
    #expect(size.values.allSatisfy { abs($0) < 0.2 }, "\(size.values)")
  }
}
