import Autodiff
import TensorCore

/// What GRU and ConvGRU do with their gates z, r, h (Cho et al. 2014), U∘h being a product or a convolution:
///
///     z = σ(x_z + U_z∘h)    r = σ(x_r + U_r∘h)    h' = z·h + (1 − z)·tanh(x_h + candidate)
///     candidate = r·(U_h∘h + b_h) if the reset gate comes after the product, and U_h∘(r·h) if before
struct GRUGates {
  var activation: Activation
  var recurrentActivation: Activation
  var resetAfter: Bool
  /// The second bias, which only `resetAfter` has.
  var recurrentBias: Tensor?

  /// - Parameter products: the products of a state, given masks for it, with a number of gates of a kernel.
  func step(
    _ gates: Tensor, _ hidden: Tensor, kernel: Tensor, masks: [Tensor],
    _ products: (_ state: Tensor, _ kernel: Tensor, _ masks: [Tensor], _ gates: Int) throws -> Tensor
  ) rethrows -> HiddenState {
    let parts = gates.split(axis: -1, into: 3)
    let update: Tensor
    let candidate: Tensor
    if resetAfter {
      var product = try products(hidden, kernel, masks, 3)
      if let recurrentBias { product = product + recurrentBias }
      let inner = product.split(axis: -1, into: 3)
      update = (parts[0] + inner[0]).activated(by: recurrentActivation)
      candidate = (parts[1] + inner[1]).activated(by: recurrentActivation) * inner[2]
    } else {
      let units = hidden.shape[-1]
      let inner = try products(hidden, kernel.slice(axis: -1, 0..<2 * units), Array(masks.prefix(2)), 2)
        .split(axis: -1, into: 2)
      update = (parts[0] + inner[0]).activated(by: recurrentActivation)
      let reset = (parts[1] + inner[1]).activated(by: recurrentActivation)
      candidate = try products(
        reset * hidden, kernel.slice(axis: -1, 2 * units..<3 * units), Array(masks.suffix(1)), 1)
    }
    let new = (parts[2] + candidate).activated(by: activation)
    return HiddenState(update * (hidden - new) + new)
  }
}
