/// Activation functions on whole tensors, and their gradients.
package enum ActivationFunction {
  /// The activation of every value.
  package static func forward(_ x: Tensor, _ activation: Activation) -> Tensor {
    if activation == .linear { return x.detached }
    if let y = VectorFunction.forward(x, activation.vectorFunction) { return y }
    switch activation {
    case .relu: return Elementwise.map(x) { $0 > 0 || $0.isNaN ? $0 : 0 }
    case .softmax: return softmax(x)
    case .logSoftmax: return logSoftmax(x)
    case .sparsemax: return sparsemax(x)
    case .glu: return gatedLinearUnit(x)
    default: return Elementwise.map(x) { activation.value($0) }
    }
  }

  /// Whether the derivative is a function of the activation's value, so that its input need not be kept.
  package static func followsFromOutput(_ activation: Activation) -> Bool {
    activation.vectorFunction != nil && Backend.current == .oneDNN
  }

  /// As below, for an activation whose derivative follows from its value.
  package static func gradient(_ cotangent: Tensor, output y: Tensor, _ activation: Activation) -> Tensor {
    activation == .linear ? cotangent : gradient(cotangent, input: y, output: y, activation)
  }

  /// The cotangent of the input of an elementwise activation from that of its output.
  package static func gradient(
    _ cotangent: Tensor, input x: Tensor, output y: Tensor, _ activation: Activation
  ) -> Tensor {
    if let dx = VectorFunction.gradient(cotangent, saved: y, activation.vectorFunction) { return dx }
    return Tensor(shape: x.shape) { out in
      cotangent.withUnsafeValues { g in
        x.withUnsafeValues { x in
          y.withUnsafeValues { y in
            switch activation {
            case .relu: for i in out.indices { out.initializeElement(at: i, to: x[i] > 0 ? g[i] : 0) }
            case .sigmoid:
              for i in out.indices { out.initializeElement(at: i, to: g[i] * y[i] * (1 - y[i])) }
            case .tanh:
              for i in out.indices { out.initializeElement(at: i, to: g[i] * (1 - y[i] * y[i])) }
            default:
              for i in out.indices {
                out.initializeElement(at: i, to: g[i] * activation.derivative(at: x[i], value: y[i]))
              }
            }
          }
        }
      }
    }
  }

  /// eˣ over its sum along the last axis.
  package static func softmax(_ x: Tensor) -> Tensor {
    let largest = Reduction.maximum(x, axes: [-1], keepingDimensions: true)
    let powers = Elementwise.map(x, largest) { Float.exponential($0 - $1) }
    return Elementwise.map(powers, Reduction.sum(powers, axes: [-1], keepingDimensions: true)) { $0 / $1 }
  }

  /// x − log Σ eˣ along the last axis.
  package static func logSoftmax(_ x: Tensor) -> Tensor {
    let largest = Reduction.maximum(x, axes: [-1], keepingDimensions: true)
    let shifted = Elementwise.map(x, largest) { $0 - $1 }
    let powers = Elementwise.map(shifted) { Float.exponential($0) }
    let total = Reduction.sum(powers, axes: [-1], keepingDimensions: true)
    return Elementwise.map(shifted, total) { $0 - Float.logarithm($1) }
  }

  /// The nearest point of the probability simplex, along the last axis (Martins & Astudillo 2016).
  package static func sparsemax(_ x: Tensor) -> Tensor {
    let columns = x.shape[-1]
    return Tensor(shape: x.shape) { out in
      x.withUnsafeValues { x in
        for start in stride(from: 0, to: out.count, by: columns) {
          let row = x[start..<start + columns]
          var total = 0.0
          var threshold = 0.0
          for (rank, value) in row.sorted(by: >).enumerated() {
            total += Double(value)
            guard 1 + Double(rank + 1) * Double(value) > total else { break }
            threshold = (total - 1) / Double(rank + 1)
          }
          for i in row.indices {
            out.initializeElement(at: i, to: max(0, Float(Double(x[i]) - threshold)))
          }
        }
      }
    }
  }

  /// The first half of the last axis times the sigmoid of the second half (Dauphin et al. 2017).
  package static func gatedLinearUnit(_ x: Tensor) -> Tensor {
    let half = x.shape[-1] / 2
    let gates = Movement.slice(x, axis: -1, half..<2 * half)
    return Elementwise.map(Movement.slice(x, axis: -1, 0..<half), gates) { $0 * Activation.logistic($1) }
  }
}
