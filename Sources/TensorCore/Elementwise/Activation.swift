/// The activation functions of Keras 3, by their names there.
public enum Activation: String, CaseIterable, Codable, Sendable {
  case linear, relu, relu6, elu, selu, gelu, silu, sigmoid, tanh, softplus, softsign, softmax, exponential, mish
  case leakyReLU = "leaky_relu"
  case hardSigmoid = "hard_sigmoid"
  case hardSiLU = "hard_silu"
  case logSoftmax = "log_softmax"
}
