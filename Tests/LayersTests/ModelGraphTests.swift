import Autodiff
import Foundation
import Layers
import Synchronization
import TensorCore
import TestSupport
import Testing

@Suite struct ModelGraphTests {
  private func twoBranches(seed: UInt64) throws -> ModelGraph {
    let builder = GraphBuilder(name: "branches", seed: seed)
    let x = try builder.input([nil, 3, 6, 5, 2], name: "frames")
    let shared = try builder.add(ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same), name: "shared")
    let once = try shared(x)
    let again = try shared(x)
    let both = try Concatenate()([once, again])[0]
    return try builder.model(outputs: [Dense(units: 2)(GlobalAveragePooling2D()(both))])
  }

  @Test func sharedLayersShareTheirParameters() throws {
    let model = try twoBranches(seed: 1)
    #expect(model.layers.count == 4)
    #expect(model.parameters.map(\.name).filter { $0.hasPrefix("shared/") }.count == 3)
    let x = Tensor.ones([1, 3, 6, 5, 2])
    let (_, gradients) = try valueAndGradient(at: model) { try $0(x).sum() }
    #expect(gradients["shared/kernel"] != nil)
  }

  @Test func structureSurvivesJSON() throws {
    var random = RandomStream(seed: 9)
    let model = try twoBranches(seed: 1)
    var loaded = try JSONDecoder().decode(ModelGraph.self, from: JSONEncoder().encode(model))
    let weights = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.parameter) })
    loaded.visitParameters { name, parameter in
      #expect(parameter.value.shape == weights[name]?.value.shape)
      parameter = weights[name] ?? parameter
    }
    let x = random.normal(shape: [2, 3, 6, 5, 2])
    #expect(try loaded(x) == model(x))
  }

  @Test func seedsDecideTheWeights() throws {
    let x = Tensor.ones([1, 3, 6, 5, 2])
    #expect(try twoBranches(seed: 1)(x) == twoBranches(seed: 1)(x))
    #expect(try twoBranches(seed: 1)(x) != twoBranches(seed: 2)(x))
  }

  @Test(arguments: [
    #"{"name":"m","inputs":[],"layers":[],"nodes":[],"outputs":[[0,0]]}"#,
    #"{"name":"m","inputs":[{"name":"x","shape":[null,2]}],"layers":[],"nodes":[{"layer":"a","inputs":[[0,0]]}],"outputs":[[0,0]]}"#,
    #"{"name":"m","inputs":[{"name":"x","shape":[null,2]}],"layers":[{"name":"a","record":{"class_name":"Nope","config":{}}}],"nodes":[],"outputs":[[0,0]]}"#,
    #"{"name":"m","inputs":[{"name":"x","shape":[null,2]}],"layers":[{"name":"a","record":{"class_name":"Dense","config":{"units":2}}}],"nodes":[{"layer":"a","inputs":[[7,0]]}],"outputs":[[0,0]]}"#,
  ])
  func brokenDescriptionsAreRefused(_ json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ModelGraph.self, from: Data(json.utf8)) }
  }

  @Test func summaryShowsShapesParametersAndOperations() throws {
    let model = try Sequential(input: [nil, 4, 8, 6, 1], name: "classifier") {
      TimeDistributed(Conv2D(filters: 2, kernelSize: 3, padding: .same))
      TimeDistributed(Flatten())
      LSTM(units: 3)
      Dense(units: 5, activation: .softmax)
    }
    let summary = model.summary()
    // 3·3·1·2 + 2; (96 + 3 + 1)·12; 3·5 + 5
    #expect(model.parameterCount == 20 + 1200 + 20)
    let operations: Int? = 4 * 2 * 96 * 9 + 4 * 2 * 12 * (96 + 3) + 2 * 3 * 5
    #expect(model.operations == operations)
    for part in ["classifier", "TimeDistributed", "[?, 4, 8, 6, 2]", "[?, 5]", "1200", "1240 parameters"] {
      #expect(summary.contains(part), "\(part) in\n\(summary)")
    }
  }

  /// A user's own layer in a few lines: it trains, saves and loads like ours.
  struct Scale: UnaryLayer {
    static let typeName = "MyScale"
    var initial: Float
    var factor = Parameter.unbuilt

    init(initial: Float) { self.initial = initial }
    func outputShape(for input: SymbolicShape) -> SymbolicShape { input }
    func parameterSpecifications(for input: SymbolicShape) -> [ParameterSpecification] {
      [ParameterSpecification("factor", [1], .constant(initial))]
    }
    mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
      try visit("factor", &factor)
    }
    func forward(_ input: Tensor, context: inout Context) -> Tensor { input * factor.value }
    enum CodingKeys: String, CodingKey { case initial }
  }

  @Test func aLayerOfOnesOwn() throws {
    LayerRegistry.register(Scale.self)
    try checkLayer(Scale(initial: 0.5), inputs: [[2, 3]])
  }

  /// Convolution and pooling are computed in one pass unless somebody watches the layers.
  @Test(arguments: [true, false])
  func pooledConvolutionsAreThoseOfTheLayers(isTimeDistributed: Bool) throws {
    let shape = isTimeDistributed ? [3, 13, 10, 2] : [13, 10, 2]
    func frames(_ layer: some UnaryLayer, _ maps: SymbolicTensor) throws -> SymbolicTensor {
      try isTimeDistributed ? TimeDistributed(layer)(maps) : layer(maps)
    }
    let builder = GraphBuilder(seed: 4)
    var maps = try builder.input(SymbolicShape([nil] + shape))
    for filters in [5, 20] {
      let layer = Conv2D(filters: filters, kernelSize: 3, padding: .same, activation: .relu)
      maps = try frames(MaxPooling2D(), frames(layer, maps))
    }
    // Both the convolution and its pooling are used.
    let shared = try frames(Conv2D(filters: 4, kernelSize: 3, padding: .same, activation: .relu), maps)
    let pooled = try frames(MaxPooling2D(padding: .same), shared)
    let first = try Dense(units: 3)(Flatten()(shared))
    let second = try Dense(units: 3)(Flatten()(pooled))
    let model = try builder.model(outputs: [first, second])
    #expect(model.pooledConvolutions == [0: 1, 2: 3])
    var random = RandomStream(seed: 2)
    let input = random.normal(shape: Shape([2] + shape))

    func gradients(watched: Bool) throws -> (Tensor, Gradients, Int) {
      let seen = Watch()
      let (value, gradients) = try valueAndGradient(at: model) { model in
        var context = Context(isTraining: true)
        if watched { context.observer = { layer, _ in seen.note(layer) } }
        let outputs = try model.call([input], context: &context)
        return (outputs[0] * outputs[1]).sum()
      }
      return (value, gradients, seen.count)
    }
    let (value, fast, _) = try gradients(watched: false)
    let (expected, slow, seen) = try gradients(watched: true)
    #expect(seen == model.nodes.count, "every layer can be watched")
    #expect(abs(value.scalar - expected.scalar) <= 1e-4 * abs(expected.scalar))
    for (name, _) in model.parameters {
      let (a, b) = (try #require(fast[name]), try #require(slow[name]))
      let scale = b.values.map(abs).max() ?? 0
      let worst = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
      #expect(worst <= 1e-4 * scale, "\(name): \(worst) of \(scale)")
    }
  }

  /// With a mask a convolution and its pooling come one after the other, and hand it on.
  @Test func masksPassPooledConvolutions() throws {
    let model = try Sequential(input: [nil, 3, 12, 10, 1], seed: 6) {
      TimeDistributed(Conv2D(filters: 4, kernelSize: 3, padding: .same, activation: .relu))
      TimeDistributed(MaxPooling2D())
      TimeDistributed(Flatten())
      LSTM(units: 4)
    }
    #expect(model.pooledConvolutions == [0: 1])
    var random = RandomStream(seed: 3)
    let first = random.normal(shape: [1, 2, 12, 10, 1])
    func output(lastFrame: Float, mask: Tensor?) throws -> Tensor {
      let last = Tensor.ones([1, 1, 12, 10, 1]) * lastFrame
      var context = Context.inference
      context.mask = mask
      return try model.call([.concatenated([first, last], axis: 1)], context: &context)[0]
    }
    let mask = Tensor([1, 1, 0], shape: [1, 3])
    #expect(try output(lastFrame: 1, mask: mask) == output(lastFrame: 2, mask: mask))
    #expect(try output(lastFrame: 1, mask: nil) != output(lastFrame: 2, mask: nil))
  }
}

/// Counts the layers that a model has shown.
private final class Watch: Sendable {
  private let layers = Mutex<[String]>([])
  var count: Int { layers.withLock { $0.count } }
  func note(_ layer: String) { layers.withLock { $0.append(layer) } }
}
