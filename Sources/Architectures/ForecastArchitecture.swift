import Layers
import TensorCore

/// What a forecaster takes and gives, and the options that do not depend on its family's width.
public struct ForecastArchitecture: Hashable, Codable, Sendable {
  /// How many frames are observed.
  public var inputFrames: Int
  /// How many frames are forecast.
  public var forecastFrames: Int
  /// The height and width of the frames, a multiple of `2^stages` and of `patchSize`.
  public var height: Int
  public var width: Int
  /// Channels of a frame in; the first one is forecast, and the others ride along.
  public var channels: Int
  /// Integrated: side of the patches that become channels (Shi et al. 2015).
  public var patchSize: Int
  /// Integrated: kernel size inside the ConvLSTM.
  public var kernelSize: Int
  /// Sequential: how often the encoder halves the frame before it is flattened.
  public var stages: Int
  /// What the decoder is told of the future.
  public var background = ForecastBackground.lastFrame
  /// Whether the forecast is the background plus what the network adds to it; with autoregressive decoding and no
  /// advected frames, the frame before plus that.
  public var isResidual = false
  public var decoding = ForecastDecoding.recurrent

  public init(
    inputFrames: Int, forecastFrames: Int, height: Int, width: Int, channels: Int = 1, patchSize: Int = 4,
    kernelSize: Int = 3, stages: Int = 3
  ) {
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    self.height = height
    self.width = width
    self.channels = channels
    self.patchSize = patchSize
    self.kernelSize = kernelSize
    self.stages = stages
  }

  /// The forecaster of a family. Input `[batch, inputFrames, height, width, channels]`, and with an advected
  /// background a second one, `[batch, forecastFrames, height, width, 1]`; output
  /// `[batch, forecastFrames, height, width, 1]`. With autoregressive decoding the last input is the previous frames,
  /// of the shape of the output: run such a model by ``AutoregressiveDecoding/output(_:_:_:)``.
  ///
  /// - Throws: `ShapeError` if the frames cannot be divided as the options say.
  public func model(
    _ family: Family, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> ModelGraph {
    try build(family, width: width, initialization: initialization).model
  }

  func build(
    _ family: Family, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> (model: ModelGraph, parameterCount: Int) {
    let builder = GraphBuilder(name: family.rawValue + "_forecaster", initialization: initialization)
    let frames = try builder.input([nil, inputFrames, height, self.width, channels], name: "frames")
    let advected =
      background == .advected
      ? try builder.input([nil, forecastFrames, height, self.width, 1], name: "advected") : nil
    let previous =
      decoding == .autoregressive
      ? try builder.input(
        [nil, forecastFrames, height, self.width, 1], name: AutoregressiveDecoding.previousInput) : nil
    // What the decoder is told at each lead; without it, the last frame throughout.
    let told =
      if let previous, let advected {
        try Concatenate()([previous, advected], name: "previous_and_advected")[0]
      } else { previous ?? advected }
    var output =
      switch family {
      case .sequential: try sequentialForecast(frames, told, width: width)
      case .integrated: try integratedForecast(frames, told, width: width)
      }
    if isResidual { output = try addingBackground(frames, advected ?? previous, to: output) }
    return (try builder.model(outputs: [output]), builder.parameterCount)
  }

  private func addingBackground(
    _ frames: SymbolicTensor, _ told: SymbolicTensor?, to change: SymbolicTensor
  ) throws -> SymbolicTensor {
    let background = try told ?? RepeatLast(forecastFrames)(field(frames), name: "background")
    return try Add()([change, background], name: "forecast")[0]
  }

  /// The first channel, which is forecast; the others ride along. Time counts as the channels here and the real ones as
  /// the last axis of space, of which the end is cropped.
  private func field(_ frames: SymbolicTensor) throws -> SymbolicTensor {
    guard channels > 1 else { return frames }
    let crop = Cropping3D(
      cropping: Borders([[0, 0], [0, 0], [0, channels - 1]]), dataFormat: .channelsFirst)
    return try crop(frames, name: "field")
  }

  /// The model of a family in a line.
  public func summary(_ family: Family, width: Int) -> String {
    let line =
      switch family {
      case .sequential:
        decoding != .direct
          ? "\(stages) strided convolutions a frame, flatten, LSTM encoder and decoder of \(width) units, dense "
            + "and transposed convolutions"
          : "\(stages) strided convolutions a frame, flatten, LSTM of \(width) units, all frames at once by dense "
            + "and transposed convolutions"
      case .integrated:
        decoding != .direct
          ? "encoder and forecaster of two ConvLSTM2D layers each, \(width) filters, kernel \(kernelSize), on "
            + "patches of \(patchSize) × \(patchSize)"
          : "two ConvLSTM2D layers of \(width) filters, kernel \(kernelSize), on patches of "
            + "\(patchSize) × \(patchSize), all frames at once by a convolution each"
      }
    let known =
      (background == .advected ? "; reads the advected frames" : "")
      + (decoding == .autoregressive ? "; each step reads the frame before" : "")
    return line + known + (isResidual ? "; learns the difference to the \(backgroundName)" : "")
  }

  private var backgroundName: String {
    background == .advected
      ? "advected frames" : decoding == .autoregressive ? "frame before" : "last frame"
  }
}
