import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// Every layer against Keras: outputs, gradients of every parameter and of every input (initial state included),
/// and updated state, for each golden file that `Reference/layers.py` wrote.
@Suite struct GoldenLayerTests {
  /// Cases that ask for what Squall's layers do not have, each with the reason.
  static let excluded: [String: String] = [
    "Activation-gelu-approximate": "a keyword of the function that Keras' Activation layer cannot carry",
    "Activation-sparsemax":
      "Keras 3.15 adds up all cumulative sums for the threshold; its outputs do not sum to 1",
  ]

  @Test(arguments: Golden.names("layers").filter { excluded[$0] == nil })
  func agreesWithKeras(_ name: String) throws {
    let golden = try Golden.load("layers", name)
    let config =
      "{\"class_name\": \"\(golden.metadata["layer"]!)\", \"config\": \(golden.metadata["config"]!)}"
    var layer = try JSONDecoder().decode(LayerRecord.self, from: Data(config.utf8)).layer
    let inputs = try golden.tensors("input")
    try layer.build(for: inputs.map { SymbolicShape($0.shape) }, random: RandomStream(seed: 1))
    let weights = try golden.named("param")
    #expect(Set(layer.parameters.map(\.name)) == Set(weights.keys), "parameter names")
    layer.visitParameters { name, parameter in
      guard let weight = weights[name] else { return }
      #expect(weight.shape == parameter.value.shape, "shape of \(name)")
      parameter.value = weight
    }

    let isTraining = golden.metadata["training"] == "true"
    var context = Context(isTraining: isTraining)
    let outputs = try layer.call(inputs, context: &context)
    let expected = try golden.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, pair) in zip(outputs, expected).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index)")
    }
    for (name, value) in try golden.named("updated") {
      assertClose(context.updates[name] ?? Tensor([], shape: [0]), value, tolerance: 1e-5, "updated \(name)")
    }

    let cotangents = try golden.tensors("cotangent")
    let trainable = layer.parameters.filter(\.parameter.isTrainable)
    let values = inputs + trainable.map(\.parameter.value)
    let (_, gradients) = try valueAndGradient(at: values) { values in
      var copy = layer
      let parameters = Dictionary(
        uniqueKeysWithValues: zip(trainable.map(\.name), values.dropFirst(inputs.count)))
      copy.visitParameters { name, parameter in parameter.value = parameters[name] ?? parameter.value }
      var context = Context(isTraining: isTraining)
      let outputs = try copy.call(Array(values.prefix(inputs.count)), context: &context)
      return zip(outputs, cotangents).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
    }
    for (index, gradient) in gradients.enumerated() {
      let key =
        index < inputs.count ? "grad.input.\(index)" : "grad.param.\(trainable[index - inputs.count].name)"
      guard let reference = golden.tensorIfPresent(key) else { continue }
      assertClose(gradient ?? .zeros(reference.shape), reference, tolerance: 1e-4, key)
    }
  }
}
