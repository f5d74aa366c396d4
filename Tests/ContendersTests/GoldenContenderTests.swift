import Autodiff
import Contenders
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

/// Whole contenders against the same models written in PyTorch: weights, outputs, the gradient of every weight and every
/// input, moving averages and penalties, for each golden file that `Reference/contenders.py` wrote.
@Suite struct GoldenContenderTests {
  private func model(_ golden: Golden) throws -> ModelGraph {
    let text = try #require(golden.metadata["contender"])
    let width = try #require(golden.metadata["width"].flatMap { Int($0) })
    let signature = Data((golden.metadata["signature"] ?? "").utf8)
    return golden.metadata["task"] == "forecast"
      ? try JSONDecoder().decode(ForecastSignature.self, from: signature)
        .model(Contenders.forecaster(text), width: width, initialization: .zeros)
      : try JSONDecoder().decode(ClassificationSignature.self, from: signature)
        .model(Contenders.classifier(text), width: width, initialization: .zeros)
  }

  @Test(arguments: Golden.names("contenders")) func agreesWithPyTorch(_ name: String) throws {
    let golden = try Golden.load("contenders", name)
    var model = try model(golden)
    let weights = try golden.named("param")
    #expect(Set(model.parameters.map(\.name)) == Set(weights.keys), "parameter names")
    model.visitParameters { name, parameter in
      guard let weight = weights[name] else { return }
      #expect(weight.shape == parameter.value.shape, "shape of \(name)")
      if weight.shape == parameter.value.shape { parameter.value = weight }
    }

    let inputs = try golden.tensors("input")
    let isTraining = golden.metadata["training"] == "true"
    let cotangent = try golden.tensor("cotangent.0")
    var context = Context(isTraining: isTraining)
    let output = try model.call(inputs, context: &context)[0]
    assertClose(output, try golden.tensor("output.0"), tolerance: 1e-5, "output")
    for (name, value) in try golden.named("updated") {
      assertClose(context.updates[name] ?? .zeros([0]), value, tolerance: 1e-5, "updated \(name)")
    }
    if let penalty = golden.tensorIfPresent("penalty") {
      assertClose(try #require(context.penalty), penalty, tolerance: 1e-5, "penalty")
    }

    let trainable = model.parameters.filter(\.parameter.isTrainable)
    let values = inputs + trainable.map(\.parameter.value)
    let (_, gradients) = try valueAndGradient(at: values) { values in
      var copy = model
      let given = Dictionary(
        uniqueKeysWithValues: zip(trainable.map(\.name), values.dropFirst(inputs.count)))
      copy.visitParameters { name, parameter in parameter.value = given[name] ?? parameter.value }
      var context = Context(isTraining: isTraining)
      let output = try copy.call(Array(values.prefix(inputs.count)), context: &context)[0]
      return (output * cotangent).sum() + (context.penalty ?? Tensor(0))
    }
    for (index, gradient) in gradients.enumerated() {
      let key =
        index < inputs.count ? "grad.input.\(index)" : "grad.param.\(trainable[index - inputs.count].name)"
      let reference = try golden.tensor(key)
      assertClose(gradient ?? .zeros(reference.shape), reference, tolerance: 1e-4, key)
    }
  }

  /// Every contender has a golden file.
  @Test func nobodyIsLeftOut() throws {
    let names = try Golden.names("contenders").map {
      try #require(Golden.load("contenders", $0).metadata["contender"]?.split(separator: ":").first)
    }
    let known = Set(names.map(String.init))
    // These two are held against Keras, layer by layer.
    let byLayers: Set = ["conv2d-lstm", "cnn-last"]
    let all = (Contenders.forecasterNames + Contenders.classifierNames).filter { !$0.hasPrefix("test-") }
    #expect(Set(all).subtracting(byLayers) == known)
  }
}
