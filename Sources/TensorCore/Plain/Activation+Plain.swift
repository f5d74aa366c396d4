extension Activation {
  /// Whether the function looks at one value at a time; the others look at all of the last axis.
  package var isElementwise: Bool { ![.softmax, .logSoftmax, .sparsemax, .glu].contains(self) }

  /// The value of an elementwise activation, by Keras 3's definition.
  package func value<S: PlainScalar>(_ x: S) -> S {
    switch self {
    case .linear: return x
    case .relu: return x > 0 || x.isNaN ? x : 0
    case .relu6: return x.isNaN ? x : min(max(x, 0), 6)
    case .leakyReLU: return x >= 0 || x.isNaN ? x : S(0.2) * x
    case .elu: return x > 0 ? x : S.exponentialMinusOne(x)
    case .selu: return S(1.0507009873554805) * (x > 0 ? x : S(1.6732632423543772) * S.exponentialMinusOne(x))
    case .gelu: return x * S(0.5) * (1 + S.errorFunction(x * S(0.5).squareRoot()))
    case .silu: return x * Self.logistic(x)
    case .sigmoid: return Self.logistic(x)
    case .hardSigmoid: return x.isNaN ? x : min(max(x + 3, 0), 6) / 6
    case .hardSigmoidKeras2: return x.isNaN ? x : min(max(S(0.2) * x + S(0.5), 0), 1)
    case .hardSiLU: return x.isNaN ? x : x * min(max(x + 3, 0), 6) / 6
    case .tanh: return S.hyperbolicTangent(x)
    case .softplus: return max(x, 0) + S.logarithmOfOnePlus(S.exponential(-abs(x)))
    case .softsign: return x / (1 + abs(x))
    case .exponential: return S.exponential(x)
    case .mish: return x * S.hyperbolicTangent(Activation.softplus.value(x))
    case .celu: return x > 0 ? x : S.exponentialMinusOne(x)
    case .logSigmoid: return -Activation.softplus.value(-x)
    case .hardTanh: return x.isNaN ? x : min(max(x, -1), 1)
    case .hardShrink: return abs(x) <= S(0.5) ? 0 : x
    case .softShrink: return x > S(0.5) ? x - S(0.5) : x < -S(0.5) ? x + S(0.5) : x.isNaN ? x : 0
    case .tanhShrink: return x - S.hyperbolicTangent(x)
    case .squareplus: return (x + (x * x + 4).squareRoot()) / 2
    case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x
    case .sparseSigmoid: return x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : x.isNaN ? x : 1
    case .softmax, .logSoftmax, .sparsemax, .glu: preconditionFailure("\(rawValue) is not elementwise")
    }
  }

  /// The derivative of an elementwise activation at `x`, where its value is `y`.
  package func derivative<S: PlainScalar>(at x: S, value y: S) -> S {
    switch self {
    case .linear: return 1
    case .relu: return x > 0 ? 1 : 0
    case .relu6: return x > 0 && x < 6 ? 1 : 0
    case .leakyReLU: return x > 0 ? 1 : S(0.2)
    case .elu: return x > 0 ? 1 : y + 1
    case .selu: return x > 0 ? S(1.0507009873554805) : y + S(1.7580993408473766)
    case .gelu:
      let density = S.exponential(-x * x / 2) * S(0.3989422804014327)
      return S(0.5) * (1 + S.errorFunction(x * S(0.5).squareRoot())) + x * density
    case .silu:
      let s = Self.logistic(x)
      return s + y * (1 - s)
    case .sigmoid: return y * (1 - y)
    case .hardSigmoid: return x > -3 && x < 3 ? 1 / S(6) : 0
    case .hardSigmoidKeras2: return x > S(-2.5) && x < S(2.5) ? S(0.2) : 0
    case .hardSiLU: return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6
    case .tanh: return 1 - y * y
    case .softplus: return Self.logistic(x)
    case .softsign: return 1 / ((1 + abs(x)) * (1 + abs(x)))
    case .exponential: return y
    case .mish:
      let t = S.hyperbolicTangent(Activation.softplus.value(x))
      return t + x * (1 - t * t) * Self.logistic(x)
    case .celu: return x > 0 ? 1 : y + 1
    case .logSigmoid: return Self.logistic(-x)
    case .hardTanh: return x > -1 && x < 1 ? 1 : 0
    case .hardShrink, .softShrink: return abs(x) <= S(0.5) ? 0 : 1
    case .tanhShrink:
      let t = S.hyperbolicTangent(x)
      return t * t
    case .squareplus: return (1 + x / (x * x + 4).squareRoot()) / 2
    case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1
    case .sparseSigmoid: return x > -1 && x < 1 ? S(0.5) : 0
    case .softmax, .logSoftmax, .sparsemax, .glu: preconditionFailure("\(rawValue) is not elementwise")
    }
  }

  /// 1 / (1 + e⁻ˣ), without overflow on either side.
  static func logistic<S: PlainScalar>(_ x: S) -> S {
    if x >= 0 { return 1 / (1 + S.exponential(-x)) }
    let e = S.exponential(x)
    return e / (1 + e)
  }
}
