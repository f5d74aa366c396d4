import Autodiff
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// Recurrent layers against Keras, and against the written-out equations where Keras has no such layer:
/// outputs, states, and the gradients of parameters, input and initial state, for each file of
/// `Reference/recurrent.py`. Masks of dropout are given, not drawn.
@Suite struct GoldenRecurrentTests {
  @Test(arguments: Golden.names("recurrent"))
  func agreesWithReference(_ name: String) throws {
    let golden = try Golden.load("recurrent", name)
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
    let dropout = try golden.tensors("dropout")
    func context() -> Context {
      var context = Context(isTraining: golden.metadata["training"] == "true")
      context.mask = golden.tensorIfPresent("mask")
      context.givenDropoutMasks = dropout
      return context
    }

    var first = context()
    let outputs = try layer.call(inputs, context: &first)
    #expect(first.givenDropoutMasks.isEmpty, "masks that were not used")
    let expected = try golden.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, pair) in zip(outputs, expected).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index)")
    }

    let cotangents = try golden.tensors("cotangent")
    let names = layer.parameters.map(\.name)
    let values = inputs + layer.parameters.map(\.parameter.value)
    let (_, gradients) = try valueAndGradient(at: values) { values in
      var copy = layer
      let parameters = Dictionary(uniqueKeysWithValues: zip(names, values.dropFirst(inputs.count)))
      copy.visitParameters { name, parameter in parameter.value = parameters[name] ?? parameter.value }
      var context = context()
      let outputs = try copy.call(Array(values.prefix(inputs.count)), context: &context)
      return zip(outputs, cotangents).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
    }
    for (index, gradient) in gradients.enumerated() {
      let key =
        index < inputs.count ? "grad.input.\(index)" : "grad.param.\(names[index - inputs.count])"
      let reference = try golden.tensor(key)
      assertClose(gradient ?? .zeros(reference.shape), reference, tolerance: 1e-4, key)
    }
  }
}
