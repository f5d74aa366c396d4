import Foundation
import Interchange
import Layers
import SafeTensors
import TensorCore
import TestSupport
import Testing

@Suite struct PyTorchConvLSTMTests {
  /// The cell as PyTorch computes it: one convolution of input and state side by side, split into i, f, o, g.
  private func cell(_ x: Tensor, _ h: Tensor, _ c: Tensor, weight: Tensor, bias: Tensor) throws -> (
    Tensor, Tensor
  ) {
    let both = Movement.concatenated([x, h], axis: -1)
    let kernel = Movement.transposed(weight, [2, 3, 1, 0])
    let geometry = try ConvolutionGeometry(
      input: both.shape, kernel: kernel.shape, strides: [1, 1], dilations: [1, 1], padding: .same)
    let gates = Convolution.forward(both, kernel: kernel, bias: bias, geometry)
    let filters = h.shape[-1]
    func gate(_ index: Int, _ activation: Activation) -> Tensor {
      ActivationFunction.forward(
        Movement.slice(gates, axis: -1, index * filters..<(index + 1) * filters), activation)
    }
    let next = Elementwise.map(
      Elementwise.map(gate(1, .sigmoid), c) { $0 * $1 },
      Elementwise.map(gate(0, .sigmoid), gate(3, .tanh)) { $0 * $1 }
    ) { $0 + $1 }
    return (Elementwise.map(gate(2, .sigmoid), ActivationFunction.forward(next, .tanh)) { $0 * $1 }, next)
  }

  private func stateDictionary() throws -> (SafeTensorsFile, [(Tensor, Tensor)]) {
    var random = RandomStream(seed: 5)
    var file = try SafeTensorsFile(metadata: ["format": "pt"])
    var cells: [(Tensor, Tensor)] = []
    // Two layers: 2 channels to 3 filters, kernel 3 × 5; 3 to 4, kernel 3 × 3.
    for (index, (channels, filters, width)) in [(2, 3, 5), (3, 4, 3)].enumerated() {
      let weight = random.normal(shape: [4 * filters, channels + filters, 3, width], deviation: 0.3)
      let bias = random.normal(shape: [4 * filters], deviation: 0.3)
      try file.append(
        SafeTensorsEntry(
          "cell_list.\(index).conv.weight", shape: weight.shape.dimensions, floats: weight.values))
      try file.append(
        SafeTensorsEntry("cell_list.\(index).conv.bias", shape: bias.shape.dimensions, floats: bias.values))
      cells.append((weight, bias))
    }
    return (file, cells)
  }

  @Test func computesWhatPyTorchComputes() throws {
    let (file, cells) = try stateDictionary()
    let model = try PyTorchConvLSTM.model(from: file, place: "test")
    var random = RandomStream(seed: 6)
    let frames = random.normal(shape: [2, 4, 7, 6, 2])
    var sequence = (0..<4).map { Movement.slice(frames, axis: 1, $0..<$0 + 1).viewed(as: [2, 7, 6, 2]) }
    for (weight, bias) in cells {
      let filters = bias.count / 4
      var (h, c) = (Tensor.zeros([2, 7, 6, filters]), Tensor.zeros([2, 7, 6, filters]))
      for t in sequence.indices {
        (h, c) = try cell(sequence[t], h, c, weight: weight, bias: bias)
        sequence[t] = h
      }
    }
    let expected = Movement.concatenated(sequence.map { $0.viewed(as: [2, 1, 7, 6, 4]) }, axis: 1)
    assertClose(try model(frames), expected, tolerance: 1e-5)
  }

  @Test func roundTripIsExact() throws {
    let (file, _) = try stateDictionary()
    let again = try PyTorchConvLSTM.file(of: PyTorchConvLSTM.model(from: file, place: "test"))
    #expect(again.encoded() == file.encoded())
  }

  @Test func refusesOtherCells() throws {
    var (file, _) = try stateDictionary()
    try file.append(SafeTensorsEntry("head.weight", shape: [2], floats: [1, 2]))
    let error = #expect(throws: UnsupportedModelError.self) {
      try PyTorchConvLSTM.model(from: file, place: "test")
    }
    #expect(error?.problems.map(\.layer) == ["head.weight"])
    let even = try SafeTensorsFile(entries: [
      SafeTensorsEntry("conv.weight", shape: [4, 2, 2, 2], floats: [Float](repeating: 0, count: 32))
    ])
    #expect(throws: InterchangeError.self) { try PyTorchConvLSTM.model(from: even, place: "test") }
    let graph = try Sequential(input: [nil, nil, nil, nil, 1]) {
      ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same, activation: .relu)
      GlobalAveragePooling2D()
    }
    let refusal = #expect(throws: UnsupportedModelError.self) { try PyTorchConvLSTM.file(of: graph) }
    #expect(refusal?.problems.count == 2)
  }

  @Test func bareWeights() throws {
    let graph = try Sequential(input: [nil, 4, 2], seed: 3) {
      LSTM(units: 3)
      Dense(units: 2)
    }
    var other = try Sequential(input: [nil, 4, 2], seed: 4) {
      LSTM(units: 3)
      Dense(units: 2)
    }
    try BareWeights.load(BareWeights.file(of: graph), into: &other, place: "test")
    #expect(other.parameters.map(\.parameter.value) == graph.parameters.map(\.parameter.value))
    var wider = try Sequential(input: [nil, 4, 2]) { LSTM(units: 5) }
    let error = #expect(throws: InterchangeError.self) {
      try BareWeights.load(BareWeights.file(of: graph), into: &wider, place: "test")
    }
    #expect(error?.received.contains("dense/kernel") == true)
  }
}
