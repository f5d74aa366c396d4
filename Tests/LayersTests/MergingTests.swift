import Layers
import TensorCore
import TestSupport
import Testing

/// Layers with several inputs.
@Suite struct MergingTests {
  @Test func elementwise() throws {
    let three: [Shape] = [[2, 3, 5], [2, 3, 5], [2, 3, 5]]
    let broadcast: [Shape] = [[2, 3, 4, 5], [2, 5], [2, 1, 5]]
    for inputs in [three, broadcast] {
      try checkLayer(Add(), inputs: inputs)
      try checkLayer(Multiply(), inputs: inputs)
      try checkLayer(Average(), inputs: inputs)
      try checkLayer(Maximum(), inputs: inputs, step: 1e-3)
      try checkLayer(Minimum(), inputs: inputs, step: 1e-3)
    }
    try checkLayer(Subtract(), inputs: [[2, 5], [2, 3, 5]])
  }

  @Test func dot() throws {
    try checkLayer(Dot(axes: [2, 1]), inputs: [[2, 3, 5], [2, 5, 4]])
    try checkLayer(Dot(axes: -1, normalize: true), inputs: [[2, 3, 5], [2, 4, 5]])
    try checkLayer(Dot(axes: 1), inputs: [[3, 5], [3, 5]])
  }

  @Test func openAxesMeetKnownOnes() throws {
    #expect(try Add().outputShapes(for: [[nil, nil, 4], [nil, 3, 4]]) == [[nil, 3, 4]])
    #expect(try Add().outputShapes(for: [[nil, 1, 4], [nil, nil, 1]]) == [[nil, nil, 4]])
    #expect(try Multiply().outputShapes(for: [[nil, 4], [nil, 6, 4]]) == [[nil, 6, 4]])
  }

  @Test func whatDoesNotFitIsAnError() throws {
    var context = Context.inference
    for (layer, inputs) in [
      (Add(), [[2, 3], [2, 4]]), (Subtract(), [[2, 3], [2, 3], [2, 3]]), (Add(), []),
      (Dot(axes: 1), [[2, 3], [2, 4]]), (Dot(axes: 0), [[2, 3], [2, 3]]), (Dot(axes: 1), [[2, 3]]),
      (Dot(axes: [1, 2]), [[2, 3], [2, 3]]),
    ] as [(any Layer, [Shape])] {
      #expect(throws: ShapeError.self) {
        try layer.call(inputs.map { .ones($0) }, context: &context)
      }
    }
  }
}
