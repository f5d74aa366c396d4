import Autodiff
import Contenders
import Layers
import TensorCore
import TestSupport
import Testing
import Training

@Suite struct ClassifierTests {
  @Test(arguments: ClassificationCase.all) func givesProbabilities(_ given: ClassificationCase) throws {
    let (contender, signature) = (try given.contender, given.signature)
    let model = try signature.model(contender, width: 5, initialization: .seed(1))
    let output = try model(given.clip())
    #expect(output.shape == [2, 3])
    #expect(abs(Reduction.sum(output) - 2) < 1e-5)
    #expect(output.values.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(model.parameterCount == (try signature.parameterCount(contender, width: 5)))
    #expect(try signature.operations(contender, width: 5) > 0)
    #expect(!signature.summary(contender, width: 5).isEmpty)
  }

  /// With a single frame there is nothing for recurrent kernels to learn.
  @Test(arguments: ClassificationCase.all.filter { $0.signature.frames > 1 })
  func everyParameterLearns(_ given: ClassificationCase) throws {
    let model = try given.signature.model(given.contender, width: 6, initialization: .seed(2))
    let clip = given.clip()
    let weights = Tensor([0.3, -1.2, 0.7, -0.4, 0.9, 0.2], shape: [2, 3])
    let (_, gradients) = try valueAndGradient(at: model) { model in
      var context = Context(isTraining: true, random: RandomStream(seed: 3))
      return try (model.call([clip], context: &context)[0] * weights).sum()
    }
    for (name, parameter) in model.parameters where parameter.isTrainable {
      #expect(gradients[name]?.values.contains { $0 != 0 } == true, "\(name)")
    }
  }

  @Test(arguments: classifierNames) func sizeGrowsWithTheWidth(_ name: String) throws {
    let contender = try Contenders.classifier(name)
    let signature = ClassificationSignature(frames: 5, height: 24, width: 16, channels: 2, classes: 3)
    let counts = try (1...40).map { try signature.parameterCount(contender, width: $0) }
    #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }, "\(counts)")
  }

  @Test(arguments: classifierNames) func namedProbesAreThere(_ name: String) throws {
    let contender = try Contenders.classifier(name)
    let signature = ClassificationSignature(frames: 3, height: 16, width: 24, channels: 1, classes: 2)
    let model = try signature.model(contender, width: 4, initialization: .none)
    for probe in contender.probes(signature) {
      let node = try #require(model.nodes.first { $0.layer == probe.layer }, "\(probe.layer)")
      #expect(node.outputShapes.indices.contains(probe.output))
    }
  }

  @Test(arguments: classifierNames) func aFewStepsDecreaseTheLoss(_ name: String) throws {
    let signature = ClassificationSignature(frames: 4, height: 12, width: 16, channels: 1, classes: 2)
    let given = ClassificationCase(text: name, signature: signature)
    var model = try signature.model(given.contender, width: 8, initialization: .seed(4))
    let (clip, classes) = (given.clip(batch: 4), Tensor([0, 1, 1, 0], shape: [4]))
    let loss = Loss.sparseCategoricalCrossentropy()
    let course = try losses(of: &model, steps: 8) { model, context in
      try loss(prediction: model.call([clip], context: &context)[0], target: classes)
    }
    #expect(course[7] < 0.95 * course[0], "\(course)")
  }

  /// Contenders without an order of frames do not see one.
  @Test func theMeanOverFramesKnowsNoOrder() throws {
    let given = ClassificationCase(
      text: "cnn-mean",
      signature: ClassificationSignature(frames: 5, height: 12, width: 16, channels: 2, classes: 3))
    let clip = given.clip()
    func probabilities(_ name: String, _ clip: Tensor) throws -> Tensor {
      try given.signature.model(Contenders.classifier(name), width: 6, initialization: .seed(5))(clip)
    }
    let backwards = Movement.reversed(clip, axis: 1)
    assertClose(
      try probabilities("cnn-mean", backwards), try probabilities("cnn-mean", clip), tolerance: 1e-5)
    for name in ["conv2d-lstm", "convlstm2d", "cnn-last"] {
      #expect(difference(try probabilities(name, backwards), try probabilities(name, clip)) > 1e-5, "\(name)")
    }
  }

  /// Those whose pooling rounds up take frames of any size.
  static let anySize = ["c3d", "r2plus1d"]

  @Test(arguments: classifierNames.filter { !anySize.contains($0) })
  func framesThatAreTooSmallAreRefused(_ name: String) throws {
    let signature = ClassificationSignature(
      frames: 4, height: 4, width: 4, channels: 1, classes: 2, stages: 4)
    let error = #expect(throws: ShapeError.self) {
      try signature.model(Contenders.classifier(name), width: 4, initialization: .none)
    }
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(arguments: anySize) func smallFramesAndOddLengthsAreTaken(_ name: String) throws {
    let signature = ClassificationSignature(
      frames: 3, height: 5, width: 3, channels: 1, classes: 2, stages: 4)
    let given = ClassificationCase(text: name, signature: signature)
    let model = try signature.model(given.contender, width: 4, initialization: .seed(1))
    #expect(try model(given.clip()).shape == [2, 2])
  }
}
