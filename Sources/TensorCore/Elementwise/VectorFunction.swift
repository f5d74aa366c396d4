import CKernels

/// Functions of every value by the vector kernels, within two units in the last place of the true value.
enum VectorFunction {
  /// f of every value; `nil` where the kernels lack the function or the plain twins are asked for.
  static func forward(_ x: Tensor, _ function: squall_function?) -> Tensor? {
    guard let function, Backend.current == .oneDNN else { return nil }
    return Tensor(shape: x.shape) { y in
      x.withUnsafeValues { x in
        guard let from = x.baseAddress, let to = y.baseAddress else { return }
        squall_apply(function, from, to, Int64(x.count))
      }
    }
  }

  /// f' times the cotangent, from the saved output (for a logarithm: the input).
  static func gradient(_ cotangent: Tensor, saved: Tensor, _ function: squall_function?) -> Tensor? {
    guard let function, Backend.current == .oneDNN else { return nil }
    return Tensor(shape: cotangent.shape) { dx in
      cotangent.withUnsafeValues { dy in
        saved.withUnsafeValues { saved in
          guard let from = dy.baseAddress, let kept = saved.baseAddress, let to = dx.baseAddress else {
            return
          }
          squall_apply_gradient(function, kept, from, to, Int64(dy.count))
        }
      }
    }
  }
}

extension Elementwise {
  /// The natural logarithm of every value.
  package static func logarithm(_ x: Tensor) -> Tensor {
    VectorFunction.forward(x, squall_function_log) ?? map(x) { Float.logarithm($0) }
  }

  /// log(1 + x) of every value, exact near zero.
  package static func logarithmOfOnePlus(_ x: Tensor) -> Tensor {
    VectorFunction.forward(x, squall_function_log1p) ?? map(x) { Float.logarithmOfOnePlus($0) }
  }
}

extension Activation {
  /// The functions that the vector kernels have. The derivative of each follows from its value, so that activated
  /// gates are all a recurrent layer keeps.
  var vectorFunction: squall_function? {
    switch self {
    case .sigmoid: squall_function_sigmoid
    case .hardSigmoid: squall_function_hard_sigmoid
    case .tanh: squall_function_tanh
    case .relu: squall_function_relu
    case .exponential: squall_function_exp
    case .linear: squall_function_linear
    default: nil
    }
  }
}
