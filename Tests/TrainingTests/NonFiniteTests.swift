import Autodiff
import Layers
import TensorCore
import Testing
import Training

/// A layer that passes its input on, but answers an input above 500 with NaN.
private struct Fragile: UnaryLayer {
  static let typeName = "Fragile"

  func outputShape(for input: SymbolicShape) throws -> SymbolicShape { input }

  func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    recorded {
      Elementwise.map($0) { $0 > 500 ? .nan : $0 }
    } backward: {
      $0
    }(input)
  }
}

/// A layer that passes its input on, but whose gradient is infinite.
private struct Exploding: UnaryLayer {
  static let typeName = "Exploding"

  func outputShape(for input: SymbolicShape) throws -> SymbolicShape { input }

  func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    recorded {
      $0
    } backward: {
      Elementwise.map($0) { $0 * .infinity }
    }(input)
  }
}

private func recorded(
  _ forward: @escaping (Tensor) -> Tensor, backward: @escaping @Sendable (Tensor) -> Tensor
) -> (Tensor) -> Tensor {
  { input in
    withCustomGradient([input]) { inputs in
      ([forward(inputs[0])], { [$0[0].map(backward)] })
    }[0]
  }
}

@Suite struct NonFiniteTests {
  private func error(
    _ layers: [any Layer], validation: (any BatchProvider)? = nil,
    _ change: @escaping @Sendable (_ epoch: Int, _ index: Int, inout TrainingBatch) -> Void = { _, _, _ in }
  ) async throws -> TrainingError? {
    let builder = GraphBuilder(seed: 2)
    var value = try builder.input([nil, 6])
    for layer in layers { value = try builder.add(layer)(value) }
    let model = try builder.model(outputs: [value])
    let data = try smallBatches()
    let batches = ClosureBatches(batchesPerEpoch: 6) { epoch, index in
      var batch = try data.batch(epoch: epoch, index: index)
      change(epoch, index, &batch)
      return batch
    }
    var trainer = Trainer(
      model, optimizer: try Optimizer(SGD(learningRate: 1e-3)),
      plan: TrainingPlan(loss: .meanSquaredError, epochs: 4))
    return await #expect(throws: TrainingError.self) {
      try await trainer.fit(on: batches, validation: validation)
    }
  }

  @Test(arguments: [(0, 0, 1), (1, 3, 10)])
  func namesTheLayerAndTheStep(_ epoch: Int, _ index: Int, _ step: Int) async throws {
    let error = try await error([Dense(units: 4), Fragile(), Dense(units: 3), Dense(units: 2)]) {
      if $0 == epoch, $1 == index { $2.inputs[0] = $2.inputs[0] * 1e5 }
    }
    #expect(error?.kind == .nonFinite(.layer("fragile")))
    #expect(error?.epoch == epoch + 1 && error?.step == step)
    #expect(error?.description.contains("epoch \(epoch + 1), step \(step)") == true)
    #expect(error?.description.contains("layer fragile") == true)
  }

  @Test func namesTheGradient() async throws {
    let error = try await error([Dense(units: 4), Exploding(), Dense(units: 2)])
    #expect(error?.kind == .nonFinite(.gradient(parameter: "dense/bias")))
    #expect(error?.step == 1)
  }

  @Test func namesTheInput() async throws {
    let error = try await error([Dense(units: 2)]) { _, index, batch in
      if index == 2 { batch.inputs[0].withUnsafeMutableValues { $0[5] = .infinity } }
    }
    #expect(error?.kind == .nonFinite(.input(0)) && error?.step == 3)
  }

  @Test func namesTheTarget() async throws {
    let error = try await error([Dense(units: 2)]) { _, index, batch in
      let valid = batch.mask!.values.firstIndex(of: 1)!
      if index == 1 { batch.target.withUnsafeMutableValues { $0[valid] = .nan } }
    }
    #expect(error?.kind == .nonFinite(.target) && error?.step == 2)
  }

  @Test func namesTheLossThatOverflows() async throws {
    let error = try await error([Dense(units: 2)]) { _, _, batch in
      batch.target = Tensor(repeating: 3e38, shape: batch.target.shape)
    }
    #expect(error?.kind == .nonFinite(.loss))
  }

  @Test func namesTheLayerInValidation() async throws {
    let loud = ClosureBatches(batchesPerEpoch: 1) { _, _ in
      TrainingBatch(Tensor(repeating: 1e6, shape: [1, 6]), .ones([1, 2]))
    }
    let error = try await error([Fragile(), Dense(units: 2)], validation: loud)
    #expect(error?.kind == .nonFinite(.layer("fragile")) && error?.epoch == 1)
  }

  /// What is missing may be NaN.
  @Test func masksHideNaN() async throws {
    let data = try smallBatches()
    let batches = ClosureBatches(batchesPerEpoch: 6) { epoch, index in
      var batch = try data.batch(epoch: epoch, index: index)
      let mask = batch.mask!.values
      batch.target.withUnsafeMutableValues { target in
        for i in target.indices where mask[i] == 0 { target[i] = .nan }
      }
      return batch
    }
    let plan = TrainingPlan(loss: .meanSquaredError, epochs: 1)
    var a = Trainer(try smallModel(), optimizer: try Optimizer(), plan: plan)
    var b = Trainer(try smallModel(), optimizer: try Optimizer(), plan: plan)
    #expect(sameBits(try await a.fit(on: batches).model, try await b.fit(on: data).model))
  }
}
