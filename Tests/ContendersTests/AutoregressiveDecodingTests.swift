import Autodiff
import Contenders
import Layers
import TensorCore
import Testing
import Training

/// A decoder that reads the frame before: in training the true one, in use its own.
@Suite struct AutoregressiveDecodingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    var background = ForecastBackground.lastFrame
    var isResidual = false
    var channels = 1
    var leads = 4
    var testDescription: String { "\(text) \(background) residual \(isResidual) \(channels) channels" }

    var signature: ForecastSignature {
      var signature = ForecastSignature(
        inputFrames: 3, forecastFrames: leads, height: 8, width: 16, channels: channels)
      signature.background = background
      signature.isResidual = isResidual
      signature.decoding = .autoregressive
      return signature
    }

    func model(_ signature: ForecastSignature? = nil) throws -> ModelGraph {
      shaken(
        try (signature ?? self.signature).model(
          Contenders.forecaster(text), width: 3, initialization: .seed(5)))
    }

    /// Observed frames, and the advected ones where they are read.
    var known: [Tensor] {
      var random = RandomStream(seed: 8)
      let frames = random.normal(shape: [2, 3, 8, 16, channels])
      return background == .advected ? [frames, random.normal(shape: [2, leads, 8, 16, 1])] : [frames]
    }
  }

  /// All that know this decoding, at a size of 8 × 16.
  static let texts = ["conv2d-lstm:stages=2", "convlstm2d", "convgru2d"]
  static let cases: [Case] = texts.flatMap {
    [
      Case(text: $0), Case(text: $0, isResidual: true, channels: 2),
      Case(text: $0, background: .advected, isResidual: true), Case(text: $0, leads: 1),
    ]
  }

  private func output(_ model: ModelGraph, _ inputs: [Tensor], isTraining: Bool = false) throws -> Tensor {
    var context = Context(isTraining: isTraining, random: RandomStream(seed: 1))
    return try AutoregressiveDecoding.output(model, inputs, &context)
  }

  private func frame(_ frames: Tensor, _ index: Int) -> Tensor {
    Movement.slice(frames, axis: 1, index..<index + 1)
  }

  /// The forecast by the plain loop that the definition is: the whole model once for each lead, on its own forecasts.
  private func plainLoop(_ model: ModelGraph, _ known: [Tensor], leads: Int) throws -> (Tensor, Tensor) {
    var frames = [Movement.slice(frame(known[0], known[0].shape[1] - 1), axis: 4, 0..<1)]
    var forecasts: [Tensor] = []
    for lead in 0..<leads {
      let filled = frames + [Tensor](repeating: .zeros(frames[0].shape), count: leads - 1 - lead)
      var context = Context.inference
      let previous = Movement.concatenated(filled, axis: 1)
      let all = try model.call(known + [previous], context: &context)[0]
      forecasts.append(frame(all, lead))
      frames.append(frame(all, lead))
    }
    return (
      Movement.concatenated(forecasts, axis: 1), Movement.concatenated(Array(frames.prefix(leads)), axis: 1)
    )
  }

  /// Frame by frame with kept states is that loop, and so is one pass that reads as truth what the model says anyway.
  @Test(arguments: cases) func frameByFrameIsThePlainLoop(_ given: Case) throws {
    let model = try given.model()
    #expect(AutoregressiveDecoding.isUsed(by: model))
    let (expected, read) = try plainLoop(model, given.known, leads: given.leads)
    let rolled = try output(model, given.known)
    #expect(rolled.shape == [2, given.leads, 8, 16, 1])
    #expect(difference(rolled, expected) < 1e-5)
    let forced = try output(model, given.known + [read], isTraining: true)
    #expect(difference(forced, expected) < 1e-5)
    #expect(expected.values.contains { abs($0) > 1e-3 })
  }

  /// Which frames are read: the true ones, the own ones, or one of both by lead and sample.
  @Test(arguments: cases.filter { $0.leads > 1 }) func readsWhatIsChosen(_ given: Case) throws {
    let model = try given.model()
    var random = RandomStream(seed: 21)
    let target = random.normal(shape: [2, 4, 8, 16, 1])
    let truth = TeacherForcedBatches.previousFrames(observed: given.known[0], target: target)
    #expect(frame(truth, 2) == frame(target, 1))
    func trained(_ own: [Float]) throws -> Tensor {
      try output(model, given.known + [truth, Tensor(own, shape: [2, 4, 1, 1, 1])], isTraining: true)
    }
    let forced = try output(model, given.known + [truth], isTraining: true)
    #expect(try trained([0, 0, 0, 0, 0, 0, 0, 0]) == forced)
    let rolled = try output(model, given.known)
    #expect(difference(rolled, forced) > 1e-3)
    #expect(difference(try trained([0, 1, 1, 1, 0, 1, 1, 1]), rolled) < 1e-5)
    // Sample 0 reads its own frame at the third lead, sample 1 the truth throughout.
    let mixed = try trained([0, 0, 1, 0, 0, 0, 0, 0])
    func sample(_ index: Int, _ tensor: Tensor) -> Tensor { Movement.gathered(tensor, [index]) }
    #expect(difference(sample(1, mixed), sample(1, forced)) < 1e-6)
    #expect(difference(frame(sample(0, mixed), 1), frame(sample(0, forced), 1)) < 1e-6)
    #expect(difference(frame(sample(0, mixed), 2), frame(sample(0, forced), 2)) > 1e-4)
    // In use, truth that is handed in is not looked at.
    #expect(try output(model, given.known + [truth]) == rolled)
  }

  @Test(arguments: cases) func everyParameterLearns(_ given: Case) throws {
    let model = try given.model()
    var random = RandomStream(seed: 4)
    let truth = random.normal(shape: [2, given.leads, 8, 16, 1])
    let own = Tensor(
      (0..<2 * given.leads).map { $0 % given.leads % 2 == 1 ? 1 : 0 }, shape: [2, given.leads, 1, 1, 1])
    let (_, gradients) = try valueAndGradient(at: model) {
      try output($0, given.known + [truth, own], isTraining: true).squared().sum()
    }
    for (name, parameter) in model.parameters where parameter.isTrainable {
      #expect(gradients[name]?.values.contains { $0 != 0 } == true, "\(name)")
    }
  }

  /// A lead depends on what was read up to it, never on later frames.
  @Test(arguments: texts) func thePassOverAllLeadsIsCausal(_ text: String) throws {
    let given = Case(text: text)
    let model = try given.model()
    var random = RandomStream(seed: 13)
    let previous = random.normal(shape: [2, 4, 8, 16, 1])
    let plain = try output(model, given.known + [previous], isTraining: true)
    for changed in 0..<4 {
      var frames = (0..<4).map { frame(previous, $0) }
      frames[changed] = random.normal(shape: frames[changed].shape)
      let other = try output(
        model, given.known + [Movement.concatenated(frames, axis: 1)], isTraining: true)
      for lead in 0..<4 {
        let change = difference(frame(plain, lead), frame(other, lead))
        #expect(lead < changed ? change == 0 : change > 0, "frame \(changed), lead \(lead)")
      }
    }
  }

  /// ConvLSTM2D goes frame by frame over fields of other sizes, with the same weights.
  @Test func wholeFields() throws {
    let given = Case(text: "convlstm2d")
    let model = try given.model().resized(inputs: [[nil, 3, 12, 20, 1], [nil, 4, 12, 20, 1]])
    var random = RandomStream(seed: 2)
    let known = [random.normal(shape: [1, 3, 12, 20, 1])]
    #expect(difference(try output(model, known), try plainLoop(model, known, leads: 4).0) < 1e-5)
  }

  /// The list above is complete.
  @Test func allThatKnowItAreTested() throws {
    let knowing = try forecasterNames.filter {
      try Contenders.forecaster($0).decodings.contains(.autoregressive)
    }
    #expect(Set(knowing) == Set(Self.texts.compactMap { $0.split(separator: ":").first.map(String.init) }))
  }

  @Test func otherModelsAreCalledAsTheyAre() throws {
    var signature = Case(text: "convlstm2d").signature
    signature.decoding = .recurrent
    let model = try Case(text: "convlstm2d").model(signature)
    let known = Case(text: "convlstm2d").known
    #expect(!AutoregressiveDecoding.isUsed(by: model))
    #expect(try output(model, known) == model(known[0]))
    let error = #expect(throws: ShapeError.self) {
      try output(Case(text: "convlstm2d").model(), known, isTraining: true)
    }
    #expect(error?.kind == .wrongInputCount)
  }
}
