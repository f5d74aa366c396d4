import Autodiff
import TensorCore

/// What LSTM and ConvLSTM do with their gates i, f, c, o.
struct LSTMGates {
  var activation: Activation
  var recurrentActivation: Activation
  /// W_ci, W_cf and W_co side by side along the last axis.
  var peephole: Tensor?
  var normalization: GateNormalization

  /// The new state from the pre-activations of the four gates along the last axis.
  ///
  ///     i = σ(zᵢ + W_ci·c)   f = σ(z_f + W_cf·c)   c' = f·c + i·tanh(z_c)   o = σ(zₒ + W_co·c')   h' = o·tanh(c')
  func step(_ gates: Tensor, _ cell: Tensor) -> LSTMState {
    let parts = gates.split(axis: -1, into: 4)
    let weights = peephole?.split(axis: -1, into: 3)
    func gate(_ part: Int, _ weight: Int, _ cell: Tensor) -> Tensor {
      (weights.map { parts[part] + $0[weight] * cell } ?? parts[part]).activated(by: recurrentActivation)
    }
    let kept = gate(1, 1, cell) * cell
    let next = kept + gate(0, 0, cell) * parts[2].activated(by: activation)
    let shown = normalization.state(next).activated(by: activation)
    return LSTMState(hidden: gate(3, 2, next) * shown, cell: next)
  }
}

/// Layer normalisation inside a cell (Ba et al. 2016): of the input's part of the gates, of the state's, and
/// of the memory on its way out, each over the last axis. The bias of the gates takes the place of a shift.
struct GateNormalization {
  static let epsilon: Float = 1e-3

  var isUsed = false
  var inputGamma = Parameter.unbuilt
  var recurrentGamma = Parameter.unbuilt
  var stateGamma = Parameter.unbuilt
  var stateBeta = Parameter.unbuilt

  mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    guard isUsed else { return }
    try visit("kernel_gamma", &inputGamma)
    try visit("recurrent_gamma", &recurrentGamma)
    try visit("state_gamma", &stateGamma)
    try visit("state_beta", &stateBeta)
  }

  func specifications(units: Int) -> [ParameterSpecification] {
    guard isUsed else { return [] }
    return [
      ParameterSpecification("kernel_gamma", [4 * units], .ones),
      ParameterSpecification("recurrent_gamma", [4 * units], .ones),
      ParameterSpecification("state_gamma", [units], .ones),
      ParameterSpecification("state_beta", [units], .zeros),
    ]
  }

  func input(_ product: Tensor) -> Tensor { normalized(product, inputGamma, nil) }
  func recurrent(_ product: Tensor) -> Tensor { normalized(product, recurrentGamma, nil) }
  func state(_ cell: Tensor) -> Tensor { normalized(cell, stateGamma, stateBeta) }

  private func normalized(_ values: Tensor, _ gamma: Parameter, _ beta: Parameter?) -> Tensor {
    guard isUsed else { return values }
    let columns = values.shape[-1]
    return values.reshaped(to: [values.count / columns, columns])
      .layerNormalized(gamma: gamma.value, beta: beta?.value, epsilon: Self.epsilon)
      .reshaped(to: values.shape)
  }
}
