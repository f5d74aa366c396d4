import Layers
import TensorCore

extension SymbolicTensor {
  /// Each frame `factor` times larger by bilinear interpolation, then a convolution of 3 × 3 over what came out. Both
  /// treat all pixels alike, so that no pattern repeats with the factor (Odena et al. 2016, "Deconvolution and
  /// Checkerboard Artifacts"), as it does where one vector gives several pixels by weights of their own.
  ///
  /// `[batch, time, height, width, channels]` becomes `[batch, time, factor · height, factor · width, filters]`.
  ///
  /// - Parameters:
  ///   - factor: How many times larger; with 1 the convolution stands alone.
  ///   - name: The name of the convolution; that of the interpolation is `NAME_enlarged`.
  /// - Throws: `ShapeError` for something else than a sequence of maps.
  func enlarged(
    by factor: Int = 2, filters: Int, activation: Activation = .linear, name: String
  ) throws -> SymbolicTensor {
    var maps = self
    if factor > 1 {
      let interpolation = UpSampling2D(size: Extent([factor, factor]), interpolation: .bilinear)
      maps = try TimeDistributed(interpolation)(maps, name: name + "_enlarged")
    }
    let convolution = Conv2D(filters: filters, kernelSize: 3, padding: .same, activation: activation)
    return try TimeDistributed(convolution)(maps, name: name)
  }
}

/// The factors by which maps are enlarged one after the other to be `patchSize` times as large: 2 as often as it divides
/// the side, and at last what remains.
func enlargements(toPatchesOf patchSize: Int) -> [Int] {
  let halvings = [Int](repeating: 2, count: patchSize.trailingZeroBitCount)
  let rest = patchSize >> patchSize.trailingZeroBitCount
  return rest > 1 ? halvings + [rest] : halvings
}
