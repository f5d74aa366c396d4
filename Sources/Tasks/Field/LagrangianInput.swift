import Readers
import Sampling
import TensorCore

/// The input of a model in Lagrangian coordinates.
enum LagrangianInput {
  /// A batch's input with aligned frames in the place of its first channel; auxiliary channels stay where they were
  /// measured. Missing pixels hold the normaliser's fill value, and 0 in the mask channel.
  ///
  /// - Parameters:
  ///   - input: `[batch, time, height, width, channels]`, normalised.
  ///   - aligned: `[batch, time, height, width, 1]` in physical units, not a number where missing.
  ///   - normalizer: That of the first channel.
  ///   - hasMask: Whether the last channel is the mask.
  static func replacingField(
    of input: Tensor, by aligned: Tensor, normalizer: some Normalizer, hasMask: Bool
  ) -> Tensor {
    let channels = input.shape[4]
    return Tensor(shape: input.shape) { out in
      input.withUnsafeValues { input in
        aligned.withUnsafeValues { aligned in
          for pixel in aligned.indices {
            let start = pixel * channels
            let isMissing = aligned[pixel].isNaN
            for channel in 0..<channels {
              var value = input[start + channel]
              if channel == 0 {
                value = isMissing ? normalizer.fillValue : normalizer.normalize(aligned[pixel])
              } else if hasMask, channel == channels - 1, isMissing {
                value = 0
              }
              out.initializeElement(at: start + channel, to: value)
            }
          }
        }
      }
    }
  }
}
