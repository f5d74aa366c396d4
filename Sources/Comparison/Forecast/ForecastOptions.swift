import Training

/// What a comparison of forecasters is asked to do.
public struct ForecastOptions: Sendable {
  /// How many frames the models see.
  public var inputFrames = 6
  /// How many frames they forecast.
  public var forecastFrames = 12
  /// The side of the square tiles, in pixels after averaging.
  public var tileSize = 64
  /// How many pixels are averaged into one along each axis.
  public var downsampling = 2
  /// Parameters of each family, matched within 3%.
  public var parameters = 300_000
  /// Events lie above these thresholds (`>`), in the unit of the data.
  public var thresholds: [Float] = [0.5, 2, 5]
  /// Epochs at most, and batches of an epoch.
  public var epochs = 30
  public var batchesPerEpoch = 40
  public var batchSize = 8
  public var learningRate: Float = 1e-3
  /// Training of a family stops after so many epochs without a better validation loss.
  public var patience = 8
  /// Training of a family stops after so many seconds, with the best weights so far.
  public var maximumSeconds: Double? = nil
  public var seed: UInt64 = 1
  /// What both families make small, in normalised units.
  public var loss: Loss = .meanSquaredError
  /// The share of the frames for training and validation; a gap as long as the forecast and the test follow.
  public var trainFraction = 0.48
  /// The share of the tiles on which validation takes place and which training never sees.
  public var validationShare = 0.2
  /// Integrated family: side of the patches that become channels, and kernel size.
  public var patchSize = 4
  public var kernelSize = 3

  public init() {}

  /// A small setting that answers in a few minutes.
  public static var quick: ForecastOptions {
    var options = ForecastOptions()
    options.inputFrames = 4
    options.forecastFrames = 6
    options.tileSize = 32
    options.downsampling = 1
    options.parameters = 60_000
    options.epochs = 8
    options.batchesPerEpoch = 30
    options.patchSize = 2
    return options
  }
}
