import Layers

/// A stack of ConvLSTM2D that reads the frames and then its own forecasts: the form of ConvLSTM (Shi et al. 2015) that
/// PredRNN and OpenSTL compare with, where ``ConvLSTM2DForecaster`` has an encoder and a forecaster.
///
/// A convolution of 1 × 1 makes the next frame of the top layer's output. There are no biases. OpenSTL's model for
/// Moving MNIST has four layers of 128 filters on patches of 4; the parameters published for it include two convolutions
/// a layer that its forward pass never uses and that do not exist here. It trains with scheduled sampling; here the own
/// forecasts are read in training too.
///
/// The width is the number of filters of each layer. Any height and width that the patches divide will do.
public struct StackedConvLSTMForecaster: ForecastContender {
  public static let name = "convlstm-stacked"
  public static let displayName = "ConvLSTM, stacked"

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
    let cells = (0..<layers).map { _ in
      ConvLSTMCell(
        filters: width, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, useBias: false,
        rank: 2)
    }
    return try signature.rolledOut(
      frames, guidance: guidance, by: StackedRNNCells(cells),
      patchSize: patchSize ?? signature.usualPatchSize, contender: self)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    let patchSize = patchSize ?? signature.usualPatchSize
    return "a stack of \(layers) ConvLSTM2D layers of \(width) filters, kernel \(kernelSize), on patches of "
      + "\(patchSize) × \(patchSize), which reads its own forecasts"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] { rollOutProbes }
}
