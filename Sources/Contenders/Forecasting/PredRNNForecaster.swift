import Layers

/// PredRNN-V2 (Wang et al. 2021): a stack of spatiotemporal LSTMs with a memory that goes through all of them in zig-zag
/// (`SpatioTemporalLSTMCells`), which reads the frames and then its own forecasts.
///
/// A convolution of 1 × 1 makes the next frame of the top level's output. Training keeps the two memories apart by a
/// penalty, as the paper does. It reads its own forecasts too, where the paper moves from true frames to them by
/// reverse scheduled sampling. OpenSTL's model for Moving MNIST has four levels of 128 filters on patches of 4.
///
/// The width is the number of filters of each level. Any height and width that the patches divide will do.
public struct PredRNNForecaster: ForecastContender {
  public static let name = "predrnn-v2"
  public static let displayName = "PredRNN-V2"

  public static let searchSpace = SearchSpace(options: [
    .init("layers", [2, 3, 4]), .init("kernel", [3, 5]),
  ])

  /// Side of the patches that become channels; `nil` for 4, or 2 on frames of less than 64 pixels.
  public var patchSize: Int?
  public var kernelSize = 5
  public var layers = 4

  public init(patchSize: Int? = nil, kernelSize: Int = 5, layers: Int = 4) {
    self.patchSize = patchSize
    self.kernelSize = kernelSize
    self.layers = layers
  }

  /// Options `patch`, `kernel` and `layers`.
  public init(options: inout ContenderOptions) throws {
    patchSize = try options.integer("patch", in: 1...64)
    kernelSize = try options.integer("kernel", in: 1...31) ?? 5
    layers = try options.integer("layers", in: 1...16) ?? 4
  }

  public var decodings: [ForecastDecoding] { [.recurrent] }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    let cell = SpatioTemporalLSTMCells(
      filters: width, kernelSize: Extent([kernelSize, kernelSize]), levels: layers)
    return try signature.rolledOut(
      frames, guidance: guidance, by: cell, patchSize: patchSize ?? signature.usualPatchSize,
      contender: self)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    let patchSize = patchSize ?? signature.usualPatchSize
    return "a stack of \(layers) spatiotemporal LSTMs of \(width) filters with a zig-zag memory, kernel "
      + "\(kernelSize), on patches of \(patchSize) × \(patchSize), which reads its own forecasts"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] { rollOutProbes }
}
