import Autodiff
import TensorCore

extension SpatioTemporalLSTMCells {
  /// The weights of one level, and its step.
  struct Level: Parameterized {
    /// W, `[ky, kx, channels, 7 · filters]`.
    var kernel = Parameter.unbuilt
    /// U for i, f, g, o, `[ky, kx, filters, 4 · filters]`.
    var recurrentKernel = Parameter.unbuilt
    /// V for j, e, l, `[ky, kx, filters, 3 · filters]`.
    var memoryKernel = Parameter.unbuilt
    /// O, `[ky, kx, 2 · filters, filters]`.
    var outputKernel = Parameter.unbuilt
    /// M, `[1, 1, 2 · filters, filters]`.
    var mixingKernel = Parameter.unbuilt

    var isBuilt: Bool { parameters.allSatisfy(\.parameter.isBuilt) }

    mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
      try visit("kernel", &kernel)
      try visit("recurrent_kernel", &recurrentKernel)
      try visit("memory_kernel", &memoryKernel)
      try visit("output_kernel", &outputKernel)
      try visit("mixing_kernel", &mixingKernel)
    }

    static func specifications(window: [Int], channels: Int, filters: Int) -> [ParameterSpecification] {
      [
        ParameterSpecification("kernel", Shape(window + [channels, 7 * filters]), .glorotUniform),
        ParameterSpecification("recurrent_kernel", Shape(window + [filters, 4 * filters]), .glorotUniform),
        ParameterSpecification("memory_kernel", Shape(window + [filters, 3 * filters]), .glorotUniform),
        ParameterSpecification("output_kernel", Shape(window + [2 * filters, filters]), .glorotUniform),
        ParameterSpecification("mixing_kernel", [1, 1, 2 * filters, filters], .glorotUniform),
      ]
    }

    /// The next states, and what was added to each memory.
    func step(
      _ input: Tensor, hidden: Tensor, cell: Tensor, memory: Tensor
    ) throws -> (
      hidden: Tensor, cell: Tensor, memory: Tensor, increments: (cell: Tensor, memory: Tensor)
    ) {
      let x = try input.kept(with: kernel.value).split(axis: -1, into: 7)
      let h = try hidden.kept(with: recurrentKernel.value).split(axis: -1, into: 4)
      let m = try memory.kept(with: memoryKernel.value).split(axis: -1, into: 3)
      func remembered(
        _ input: Tensor, _ forget: Tensor, _ candidate: Tensor, _ old: Tensor
      ) -> (new: Tensor, increment: Tensor) {
        let increment = input.activated(by: .sigmoid) * candidate.activated(by: .tanh)
        return ((forget + 1).activated(by: .sigmoid) * old + increment, increment)
      }
      let own = remembered(x[0] + h[0], x[1] + h[1], x[2] + h[2], cell)
      let shared = remembered(x[3] + m[0], x[4] + m[1], x[5] + m[2], memory)
      let both = Tensor.concatenated([own.new, shared.new], axis: -1)
      let gate = try (x[6] + h[3] + both.kept(with: outputKernel.value)).activated(by: .sigmoid)
      let shown = try both.kept(with: mixingKernel.value).activated(by: .tanh)
      return (gate * shown, own.new, shared.new, (own.increment, shared.increment))
    }
  }
}

extension Tensor {
  /// The convolution with a kernel `[ky, kx, channels, filters]` that keeps the size of the maps.
  func kept(with kernel: Tensor) throws -> Tensor {
    let geometry = try ConvolutionGeometry(
      input: shape, kernel: kernel.shape, strides: [1, 1], dilations: [1, 1], padding: .same,
      in: SpatioTemporalLSTMCells.typeName)
    return convolved(with: kernel, bias: nil, geometry)
  }
}
