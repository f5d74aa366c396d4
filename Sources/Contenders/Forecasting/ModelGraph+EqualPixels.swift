import Layers
import TensorCore

extension ModelGraph {
  /// The same model whose pixels of a patch start equal: a layer that feeds `DepthToSpace` gets the same weights for each
  /// of them, those drawn for the first (ICNR, Aitken et al. 2017, "Checkerboard artifact free sub-pixel convolution").
  /// Until training tells the pixels apart, such a layer is a convolution and nearest-neighbour upsampling, which
  /// shows no checkerboard.
  ///
  /// Of a recurrence that rolls itself out only the head makes pixels. Architecture and number of parameters stay.
  func equalizingPixels() -> ModelGraph {
    var model = self
    for node in nodes {
      guard let own = self[layer: node.layer],
        let shuffle = ((own as? TimeDistributed)?.layer ?? own) as? DepthToSpace,
        let source = self.node(of: node.inputs.first), var layer = model[layer: source.layer]
      else { continue }
      let (pixels, rollsOut) = (shuffle.size * shuffle.size, layer is AutoregressiveRNN)
      layer.visitParameters(under: source.layer) { name, parameter in
        guard parameter.isBuilt, parameter.isTrainable, !(rollsOut && !name.hasSuffix("head")) else { return }
        parameter.value = Self.firstPixel(of: parameter.value, for: pixels)
      }
      model[layer: source.layer] = layer
    }
    return model
  }

  /// Weights `[…, pixels · channels]` with those of the first pixel for every pixel.
  private static func firstPixel(of weights: Tensor, for pixels: Int) -> Tensor {
    let outputs = weights.shape[-1]
    guard outputs.isMultiple(of: pixels) else { return weights }
    let channels = outputs / pixels
    return weights.withUnsafeValues { drawn in
      Tensor(shape: weights.shape) { equal in
        for i in equal.indices {
          equal.initializeElement(at: i, to: drawn[i / outputs * outputs + i % outputs % channels])
        }
      }
    }
  }
}
