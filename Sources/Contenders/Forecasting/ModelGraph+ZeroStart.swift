import Layers
import TensorCore

extension ModelGraph {
  /// The same residual model with zeros for the weights of the last layer before the background is added, so that it
  /// forecasts the background until training finds something better (as Zhang et al. 2019 start residual branches).
  ///
  /// Layers without weights, such as reshapes, are passed over; of a recurrence that rolls itself out only the head is
  /// zero. A model whose output is no sum stays as it is.
  func zeroingChange() -> ModelGraph {
    guard let sum = node(of: outputs.first), self[layer: sum.layer] is Add else { return self }
    var place = sum.inputs.first
    while let node = node(of: place), var layer = self[layer: node.layer] {
      let rollsOut = layer is AutoregressiveRNN
      var count = 0
      layer.visitParameters(under: node.layer) { name, parameter in
        guard parameter.isTrainable, !(rollsOut && !name.hasSuffix("head")) else { return }
        count += 1
        parameter.value = .zeros(parameter.value.shape)
      }
      if count > 0 {
        var model = self
        model[layer: node.layer] = layer
        return model
      }
      place = node.inputs.count == 1 ? node.inputs.first : nil
    }
    return self
  }

  func node(of reference: Reference?) -> Node? {
    guard let reference, reference.node >= inputs.count else { return nil }
    return nodes[reference.node - inputs.count]
  }
}
