/// The activation functions of Keras 3, by their names there, and one of Keras 2.
public enum Activation: String, CaseIterable, Codable, Sendable {
  case linear, relu, relu6, elu, selu, celu, gelu, silu, sigmoid, tanh, softplus, softsign, softmax
  case exponential, mish, squareplus, sparsemax, glu
  case leakyReLU = "leaky_relu"
  case logSigmoid = "log_sigmoid"
  case logSoftmax = "log_softmax"
  case hardSigmoid = "hard_sigmoid"
  /// What Keras 2 called `hard_sigmoid`: clip(0.2 x + 0.5) between 0 and 1. Keras 3 has another under that name.
  case hardSigmoidKeras2 = "hard_sigmoid_keras2"
  case hardSiLU = "hard_silu"
  case hardTanh = "hard_tanh"
  case hardShrink = "hard_shrink"
  case softShrink = "soft_shrink"
  case tanhShrink = "tanh_shrink"
  case sparsePlus = "sparse_plus"
  case sparseSigmoid = "sparse_sigmoid"
}
