import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// Graphs with several inputs and outputs, shared layers, models inside models, and frozen layers.
@Suite struct FunctionalModelTests {
  private func copy(_ model: ModelGraph) throws -> ModelGraph {
    var loaded = try JSONDecoder().decode(ModelGraph.self, from: JSONEncoder().encode(model))
    let weights = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.parameter.value) })
    loaded.visitParameters { name, parameter in parameter.value = weights[name] ?? parameter.value }
    return loaded
  }

  private func values(_ model: ModelGraph, _ inputs: [Tensor], isTraining: Bool = false) throws -> [Tensor] {
    var context = Context(isTraining: isTraining)
    return try model.call(inputs, context: &context)
  }

  private func encoder(seed: UInt64 = 3) throws -> ModelGraph {
    try Sequential(input: [nil, nil, nil, 2], name: "encoder", seed: seed) {
      Conv2D(filters: 4, kernelSize: 3, padding: .same, activation: .tanh)
      BatchNormalization()
      GlobalAveragePooling2D()
    }
  }

  @Test func severalInputsAndOutputs() throws {
    let builder = GraphBuilder(seed: 2)
    let frames = try builder.input([nil, 5, 6, 2], name: "frames")
    let hour = try builder.input([nil, 3], name: "hour")
    let shared = try builder.add(Dense(units: 4, activation: .tanh), name: "shared")
    let features = try Concatenate()([GlobalAveragePooling2D()(frames), hour])[0]
    let first = try shared(features)
    let second = try shared(Multiply()([features, features])[0])
    let model = try builder.model(outputs: [Subtract()([first, second])[0], first])
    #expect(model.parameterCount == 5 * 4 + 4)
    #expect(model.outputShapes == [[nil, 4], [nil, 4]])

    var random = RandomStream(seed: 7)
    let inputs = [random.normal(shape: [2, 5, 6, 2]), random.normal(shape: [2, 3])]
    let outputs = try values(model, inputs)
    let dense = try #require(model[layer: "shared"])
    let means = Tensor.concatenated([inputs[0].mean(alongAxes: [1, 2]), inputs[1]], axis: -1)
    assertClose(outputs[1], try dense(means), tolerance: 1e-6)
    assertClose(outputs[0], try dense(means) - dense(means * means), tolerance: 1e-6)
    #expect(try values(copy(model), inputs) == outputs)
    try checkLayer(model, inputs: [[2, 5, 6, 2], [2, 3]])
    var context = Context.inference
    #expect(throws: ShapeError.self) { try model.call([inputs[0]], context: &context) }
  }

  /// A model twice inside another: one set of parameters, paths through both models, the same numbers flat.
  @Test func modelsInsideModels() throws {
    let encoder = try encoder()
    let builder = GraphBuilder(name: "siamese", seed: 1)
    let left = try builder.input([nil, 5, 6, 2], name: "left")
    let right = try builder.input([nil, 5, 6, 2], name: "right")
    let shared = try builder.add(encoder, name: "encoder")
    let difference = try Subtract()([shared(left), shared(right)])[0]
    let model = try builder.model(outputs: [Dense(units: 2)(difference), shared(right)])
    #expect(model.parameters.map(\.name).contains("encoder/conv2d/kernel"))
    #expect(model.parameterCount == encoder.parameterCount + 4 * 2 + 2)
    let each = try #require(try encoder.operations(for: [[nil, 5, 6, 2]]))
    let operations: Int? = 3 * each + 2 * 4 * 2
    #expect(model.operations == operations)

    var random = RandomStream(seed: 8)
    let inputs = [random.normal(shape: [2, 5, 6, 2]), random.normal(shape: [2, 5, 6, 2])]
    let outputs = try values(model, inputs)
    #expect(try outputs[1] == encoder(inputs[1]), "the weights that the model had")
    #expect(try values(copy(model), inputs) == outputs)

    let flat = model.flattened()
    #expect(
      flat.layers.map(\.name) == [
        "encoder.conv2d", "encoder.batch_normalization",
        "encoder.global_average_pooling2d", "subtract", "dense",
      ])
    #expect(try values(flat, inputs) == outputs)
    #expect(try values(copy(flat), inputs) == outputs)

    var context = Context(isTraining: true)
    _ = try model.call(inputs, context: &context)
    let updated = Set(context.updates.keys)
    #expect(updated.contains("encoder/batch_normalization/moving_mean"))
    #expect(updated.isSubset(of: Set(model.parameters.map(\.name))))
    try checkLayer(encoder, inputs: [[3, 5, 6, 2]], isTraining: true)
    #expect(throws: ShapeError.self) { try encoder.outputShapes(for: [[nil, 5, 6, 3]]) }
  }

  @Test func frozenLayersStay() throws {
    let builder = GraphBuilder(seed: 1)
    let x = try builder.input([nil, 5, 6, 2])
    let features = try builder.add(encoder(), name: "encoder")(x)
    let normal = try BatchNormalization()(features)
    var model = try builder.model(outputs: [Dense(units: 2)(normal)])
    let all = model.trainableParameterCount
    try model.freeze("encoder", "batch_normalization")
    #expect(model.trainableParameterCount == 4 * 2 + 2)

    var random = RandomStream(seed: 5)
    let input = random.normal(shape: [4, 5, 6, 2])
    for model in [model, try copy(model)] {
      #expect(model.frozenLayers == ["encoder", "batch_normalization"])
      let (_, gradients) = try valueAndGradient(at: model) { try $0(input).sum() }
      #expect(gradients.names == ["dense/kernel", "dense/bias"])
      var context = Context(isTraining: true)
      let output = try model.call([input], context: &context)
      #expect(context.updates.isEmpty, "moving averages of frozen layers stay")
      #expect(try output == values(model, [input]), "and are used in training")
      #expect(!model.flattened().frozenLayers.isEmpty)
    }
    try model.unfreeze("encoder", "batch_normalization")
    #expect(model.trainableParameterCount == all, "state is not trained")
    var context = Context(isTraining: true)
    _ = try model.call([input], context: &context)
    #expect(context.updates.count == 4)
    let error = #expect(throws: ShapeError.self) { try model.freeze("encodre") }
    #expect(error?.description.contains("batch_normalization") == true)
  }
}
