import Autodiff
import Foundation
import Layers
import TensorCore
import Testing

/// Everything that every layer must do: inferred shapes are the actual ones, gradients of inputs (initial state
/// included) and parameters agree with central differences, a saved layer computes the same, equal seeds give
/// equal bits, and a batch gives what its samples give one by one.
public func checkLayer(
  _ layer: some Layer, inputs shapes: [Shape], isTraining: Bool = false, step: Float = 1e-2,
  checksSamples: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  func build(_ seed: UInt64) throws -> any Layer {
    var copy: any Layer = layer
    let symbolic = shapes.map { shape in
      var symbolic = SymbolicShape(shape)
      symbolic[0] = nil
      return symbolic
    }
    try copy.build(for: symbolic, random: RandomStream(seed: seed))
    var random = RandomStream(seed: seed).substream("perturbation")
    // Biases and offsets start at constants; random ones show swapped gates.
    copy.visitParameters { name, parameter in
      let change = random.normal(shape: parameter.value.shape, deviation: 0.1)
      if name != "moving_variance" { parameter.value = parameter.value + change }
    }
    return copy
  }
  var random = RandomStream(seed: 11)
  let inputs = shapes.map { random.normal(shape: $0) }
  func run(_ layer: any Layer, _ inputs: [Tensor]) throws -> [Tensor] {
    var context = Context(isTraining: isTraining, random: RandomStream(seed: 3))
    return try layer.call(inputs, context: &context)
  }

  let built = try build(5)
  let outputs = try run(built, inputs)
  let inferred = try built.outputShapes(for: shapes.map { SymbolicShape($0) })
  #expect(
    inferred == outputs.map { SymbolicShape($0.shape) }, "inferred shapes", sourceLocation: sourceLocation)
  let expected = try built.parameterSpecifications(for: shapes.map { SymbolicShape($0) })
  #expect(
    expected.map(\.name) == built.parameters.map(\.name), "parameter names",
    sourceLocation: sourceLocation)
  #expect(
    expected.map(\.shape) == built.parameters.map(\.parameter.value.shape), "parameter shapes",
    sourceLocation: sourceLocation)

  let again = try run(build(5), inputs)
  #expect(again == outputs, "same seed, same bits", sourceLocation: sourceLocation)

  let data = try JSONEncoder().encode(LayerRecord(built))
  var loaded = try JSONDecoder().decode(LayerRecord.self, from: data).layer
  let saved = Dictionary(uniqueKeysWithValues: built.parameters.map { ($0.name, $0.parameter) })
  loaded.visitParameters { name, parameter in parameter = saved[name] ?? parameter }
  #expect(try run(loaded, inputs) == outputs, "save and load", sourceLocation: sourceLocation)

  if checksSamples, !isTraining {
    for sample in 0..<shapes[0][0] {
      let alone = try run(built, inputs.map { Movement.slice($0, axis: 0, sample..<sample + 1) })
      for (whole, part) in zip(outputs, alone) {
        assertClose(
          part, Movement.slice(whole, axis: 0, sample..<sample + 1), tolerance: 1e-5,
          "sample \(sample) alone", sourceLocation: sourceLocation)
      }
    }
  }

  let trainable = built.parameters.filter(\.parameter.isTrainable)
  try checkGradient(
    at: inputs + trainable.map(\.parameter.value),
    names: inputs.indices.map { "input \($0)" } + trainable.map(\.name), step: step,
    sourceLocation: sourceLocation
  ) { values in
    var layer = built
    let parameters = Dictionary(
      uniqueKeysWithValues: zip(trainable.map(\.name), values.dropFirst(inputs.count)))
    layer.visitParameters { name, parameter in parameter.value = parameters[name] ?? parameter.value }
    return try run(layer, Array(values.prefix(inputs.count)))
  }
}
