import TensorCore

extension ONNXGraph {
  /// Applies an activation; `nil` for those that ONNX has no operations for.
  ///
  /// - Parameter axis: where the channels are, for functions that look at all of them.
  mutating func activated(_ x: String, by activation: Activation, axis: Int = -1) -> String? {
    switch activation {
    case .linear: return x
    case .relu: return add("Relu", [x])
    case .relu6: return clip(x, 0, 6)
    case .hardTanh: return clip(x, -1, 1)
    case .leakyReLU: return add("LeakyRelu", [x], ["alpha": .number(0.2)])
    case .elu: return add("Elu", [x], ["alpha": .number(1)])
    case .celu: return add("Celu", [x], ["alpha": .number(1)])
    case .selu:
      return add("Selu", [x], ["alpha": .number(1.6732632423543772), "gamma": .number(1.0507009873554805)])
    case .sigmoid: return add("Sigmoid", [x])
    case .tanh: return add("Tanh", [x])
    case .softplus: return add("Softplus", [x])
    case .softsign: return add("Softsign", [x])
    case .exponential: return add("Exp", [x])
    case .softmax: return add("Softmax", [x], ["axis": .integer(axis)])
    case .logSoftmax: return add("LogSoftmax", [x], ["axis": .integer(axis)])
    case .hardSigmoid: return hardSigmoid(x, slope: 1 / 6)
    case .hardSigmoidKeras2: return hardSigmoid(x, slope: 0.2)
    case .hardSiLU:
      let gate = hardSigmoid(x, slope: 1 / 6)
      return add("Mul", [x, gate])
    case .silu:
      let gate = add("Sigmoid", [x])
      return add("Mul", [x, gate])
    case .gelu:
      let scaled = add("Mul", [x, number(Float(0.5).squareRoot())])
      let error = add("Erf", [scaled])
      let gate = add("Add", [error, number(1)])
      let half = add("Mul", [x, number(0.5)])
      return add("Mul", [half, gate])
    case .mish:
      let soft = add("Softplus", [x])
      let gate = add("Tanh", [soft])
      return add("Mul", [x, gate])
    case .logSigmoid:
      let negative = add("Neg", [x])
      let soft = add("Softplus", [negative])
      return add("Neg", [soft])
    case .tanhShrink:
      let tanh = add("Tanh", [x])
      return add("Sub", [x, tanh])
    case .hardShrink: return add("Shrink", [x], ["lambd": .number(0.5), "bias": .number(0)])
    case .softShrink: return add("Shrink", [x], ["lambd": .number(0.5), "bias": .number(0.5)])
    case .squareplus:
      let square = add("Mul", [x, x])
      let root = add("Sqrt", [add("Add", [square, number(4)])])
      return add("Mul", [add("Add", [x, root]), number(0.5)])
    case .glu:
      let halves = add("Split", [x], ["axis": .integer(axis)], outputs: 2)
      let gate = add("Sigmoid", [halves[1]])
      return add("Mul", [halves[0], gate])
    case .sparsePlus:
      // (t + 1)² / 4 with t between −1 and 1, and what lies beyond 1.
      let near = add("Add", [clip(x, -1, 1), number(1)])
      let curve = add("Mul", [add("Mul", [near, near]), number(0.25)])
      let beyond = add("Relu", [add("Sub", [x, number(1)])])
      return add("Add", [curve, beyond])
    case .sparseSigmoid: return hardSigmoid(x, slope: 0.5)
    case .sparsemax: return nil
    }
  }

  private mutating func clip(_ x: String, _ low: Float, _ high: Float) -> String {
    add("Clip", [x, number(low), number(high)])
  }

  private mutating func hardSigmoid(_ x: String, slope: Float) -> String {
    add("HardSigmoid", [x], ["alpha": .number(slope), "beta": .number(0.5)])
  }
}
