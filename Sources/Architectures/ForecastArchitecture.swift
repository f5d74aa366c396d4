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
  /// Channels of a frame in; one channel is forecast.
  public var channels: Int
  /// Integrated: side of the patches that become channels (Shi et al. 2015).
  public var patchSize: Int
  /// Integrated: kernel size inside the ConvLSTM.
  public var kernelSize: Int
  /// Sequential: how often the encoder halves the frame before it is flattened.
  public var stages: Int

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

  /// The forecaster of a family. Input `[batch, inputFrames, height, width, channels]`, output
  /// `[batch, forecastFrames, height, width, 1]`.
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
    let output =
      switch family {
      case .sequential: try sequentialForecast(builder, width: width)
      case .integrated: try integratedForecast(builder, width: width)
      }
    return (try builder.model(outputs: [output]), builder.parameterCount)
  }

  /// The model of a family in a line.
  public func summary(_ family: Family, width: Int) -> String {
    switch family {
    case .sequential:
      "\(stages) strided convolutions a frame, flatten, LSTM encoder and decoder of \(width) units, dense and "
        + "transposed convolutions"
    case .integrated:
      "encoder and forecaster of two ConvLSTM2D layers each, \(width) filters, kernel \(kernelSize), on patches "
        + "of \(patchSize) × \(patchSize)"
    }
  }
}
