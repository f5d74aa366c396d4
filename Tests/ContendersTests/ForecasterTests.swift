import Autodiff
import Contenders
import Layers
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct ForecasterTests {
  @Test(arguments: ForecastCase.all) func givesTheFramesAskedFor(_ given: ForecastCase) throws {
    let (contender, signature) = (try given.contender, given.signature)
    let model = try signature.model(contender, width: 6, initialization: .seed(1))
    let output = try AutoregressiveDecoding.forecast(model, given.inputs())
    #expect(output.shape == given.outputShape)
    #expect(output.values.allSatisfy { $0.isFinite })
    #expect(model.parameterCount == (try signature.parameterCount(contender, width: 6)))
    #expect(try signature.operations(contender, width: 6) > 0)
    #expect(!signature.summary(contender, width: 6).isEmpty)
  }

  /// A residual model that has learned nothing forecasts its background to the bit, and learns from the first step on.
  @Test(arguments: ForecastCase.all.filter(\.signature.isResidual))
  func untrainedItIsItsBackground(_ given: ForecastCase) throws {
    let signature = given.signature
    let model = try signature.model(given.contender, width: 6, initialization: .seed(7))
    let inputs = given.inputs()
    let output = try AutoregressiveDecoding.forecast(model, inputs)
    if signature.background.isNowcast {
      #expect(output.values == inputs[1].values)
    } else {
      let last = signature.inputFrames - 1
      let frame = Movement.slice(Movement.slice(inputs[0], axis: 1, last..<last + 1), axis: -1, 0..<1)
      for lead in 0..<signature.forecastFrames {
        #expect(Movement.slice(output, axis: 1, lead..<lead + 1).values == frame.values)
      }
    }
    // Only the last layer is zero, so that the gradient of its weights is not.
    let zeros = model.parameters.filter { $0.parameter.value.values.allSatisfy { $0 == 0 } }.map(\.name)
    #expect(zeros.contains { $0.hasSuffix("kernel") || $0.hasSuffix("head") })
    let truth =
      AutoregressiveDecoding.isUsed(by: model)
      ? [RandomStream.normal(given.outputShape, seed: 1)] : []
    let target = RandomStream.normal(given.outputShape, seed: 2)
    let (_, gradients) = try valueAndGradient(at: model) { model in
      var context = Context.inference
      return try Loss.meanSquaredError(
        prediction: AutoregressiveDecoding.output(model, inputs + truth, &context), target: target)
    }
    #expect(zeros.contains { name in gradients[name]?.values.contains { $0 != 0 } == true })
  }

  /// Every parameter, and every input: all observed frames and channels, and the motion-extrapolated ones.
  @Test(arguments: ForecastCase.all) func everythingCounts(_ given: ForecastCase) throws {
    let signature = given.signature
    let model = shaken(try signature.model(given.contender, width: 6, initialization: .seed(2)))
    var random = RandomStream(seed: 4)
    let weights = random.normal(shape: given.outputShape)
    let known = given.inputs()
    let truth =
      AutoregressiveDecoding.isUsed(by: model) ? [random.normal(shape: given.outputShape)] : []
    func functional(_ model: ModelGraph, _ inputs: [Tensor]) throws -> Tensor {
      var context = Context(isTraining: true, random: RandomStream(seed: 3))
      let output = try AutoregressiveDecoding.output(model, inputs + truth, &context)
      return (output * weights).sum() + (context.penalty ?? Tensor(0))
    }
    let (_, gradients) = try valueAndGradient(at: model) { try functional($0, known) }
    for (name, parameter) in model.parameters where parameter.isTrainable {
      // A state that starts at zero and makes one step meets no kernel of its own.
      let isIdle =
        signature.inputFrames == 1 && (name.contains("encoder") || signature.forecastFrames == 1)
        && (name.contains("recurrent_kernel") || name.hasSuffix("0/memory_kernel"))
      #expect(isIdle || gradients[name]?.values.contains { $0 != 0 } == true, "\(name)")
    }
    let (_, inputs) = try valueAndGradient(at: known) { try functional(model, $0) }
    for (index, gradient) in inputs.enumerated() {
      let gradient = try #require(gradient, "input \(index)")
      for time in 0..<gradient.shape[1] {
        for channel in 0..<gradient.shape[4] {
          let part = gradient.slice(axis: 1, time..<time + 1).slice(axis: 4, channel..<channel + 1)
          #expect(part.values.contains { $0 != 0 }, "input \(index), frame \(time), channel \(channel)")
        }
      }
    }
  }

  @Test(arguments: ForecastCase.contenders) func sizeGrowsWithTheWidth(_ text: String) throws {
    let contender = try Contenders.forecaster(text)
    let signature = ForecastSignature(inputFrames: 3, forecastFrames: 5, height: 16, width: 24, channels: 2)
    let counts = try (1...40).map { try signature.parameterCount(contender, width: $0) }
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }, "\(counts)")
    let operations = try [4, 8, 16, 32].map { try signature.operations(contender, width: $0) }
    #expect(zip(operations, operations.dropFirst()).allSatisfy { $0 < $1 }, "\(operations)")
  }

  @Test(arguments: ForecastCase.contenders) func namedProbesAreThere(_ text: String) throws {
    let contender = try Contenders.forecaster(text)
    for decoding in contender.decodings {
      var signature = ForecastSignature(inputFrames: 3, forecastFrames: 2, height: 16, width: 24)
      signature.decoding = decoding
      let model = try signature.model(contender, width: 4, initialization: .none)
      for probe in contender.probes(signature) {
        let node = try #require(model.nodes.first { $0.layer == probe.layer }, "\(probe.layer)")
        #expect(node.outputShapes.indices.contains(probe.output))
      }
    }
  }

  @Test(arguments: ForecastCase.contenders) func aFewStepsDecreaseTheLoss(_ text: String) throws {
    var signature = ForecastSignature(inputFrames: 3, forecastFrames: 2, height: 16, width: 24)
    signature.background = .advected
    let given = ForecastCase(text: text, signature: signature)
    var model = try signature.model(given.contender, width: 8, initialization: .seed(4))
    let inputs = given.inputs(batch: 4)
    let target = (inputs[1] * 0.3 + 0.7).detached
    let course = try losses(of: &model, steps: 12, rate: 0.01) { model, context in
      try Loss.meanSquaredError(
        prediction: AutoregressiveDecoding.output(model, inputs, &context), target: target)
    }
    #expect(course[11] < 0.9 * course[0], "\(course)")
  }

  @Test(arguments: forecasterNames) func framesThatCannotBeDividedAreRefused(
    _ name: String
  ) throws {
    let signature = ForecastSignature(inputFrames: 3, forecastFrames: 5, height: 17, width: 24)
    let error = #expect(throws: ShapeError.self) {
      try signature.model(Contenders.forecaster(name), width: 4, initialization: .none)
    }
    #expect(error?.remedy.contains("--tile-size") == true, "\(String(describing: error))")
    #expect(error?.received.contains("17 × 24") == true)
  }

  /// Contenders without a dense layer over space run over whole fields with the weights of a tile.
  @Test(arguments: ForecastCase.contenders.filter { $0 != "conv2d-lstm" })
  func wholeFields(_ text: String) throws {
    let contender = try Contenders.forecaster(text)
    var signature = ForecastSignature(inputFrames: 3, forecastFrames: 2, height: 16, width: 24, channels: 2)
    signature.background = .advected
    let model = try signature.model(contender, width: 6, initialization: .seed(3))
    let field = try model.resized(inputs: [[nil, 3, 32, 48, 2], [nil, 2, 32, 48, 1]])
    signature.height = 32
    signature.width = 48
    let given = ForecastCase(text: text, signature: signature)
    let same = try signature.model(contender, width: 6, initialization: .seed(3))
    let inputs = given.inputs()
    #expect(
      try AutoregressiveDecoding.forecast(field, inputs)
        == AutoregressiveDecoding.forecast(same, inputs))
  }
}
