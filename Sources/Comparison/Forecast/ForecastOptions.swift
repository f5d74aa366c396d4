import Architectures
import Reports
import Sampling
import TensorCore
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
  /// Parameters of each family, matched within 3%; with another budget those of ConvLSTM2D.
  public var parameters = 300_000
  /// What is equal for both families.
  public var budget = Budget.parameters
  /// Events lie above these thresholds (`>`), in the unit of the data.
  public var thresholds: [Float] = [0.5, 2, 5]
  /// The score that decides, named before training.
  public var primary = ForecastPrimary.csi(threshold: nil)
  /// Epochs at most, and batches of an epoch.
  public var epochs = 40
  public var batchesPerEpoch = 20
  public var batchSize = 8
  /// The learning rate of both families; `nil` to choose one for each on validation from ``learningRates``.
  public var learningRate: Float? = nil
  /// The grid from which learning rates are chosen, by equally short trainings.
  public var learningRates: [Float] = [5e-4, 1e-3, 2e-3]
  /// In which numbers models are trained, and their training steps timed. They are kept and scored in float32.
  public var precision = Precision.float32
  /// Training stops after so many epochs without a better validation loss.
  public var patience = 8
  /// A training stops after so many seconds, with the best weights so far.
  public var maximumSeconds: Double? = nil
  /// The whole run takes about so many seconds at most: trainings share what is left, and no seed begins later.
  public var totalSeconds: Double? = nil
  /// The first seed; the others follow it.
  public var seed: UInt64 = 1
  /// How many times each family is trained, with different weights and batches.
  public var seedCount = 3
  /// What both families make small, in normalised units.
  public var loss = LossChoice.balancedRain
  /// How much each lead time counts in that.
  public var leadWeighting = LeadWeighting.equal
  /// What both families are told of the future: the last frame, or frames carried along the observed motion.
  public var background = ForecastBackground.lastFrame
  /// Whether the forecast is the background (the last frame, say) plus what the network adds to it.
  public var isResidual = true
  /// Whether training batches are mirrored and turned by chance.
  public var augments = false
  /// Whether the trained models are measured, aspect by aspect.
  public var measures = true
  /// The data range of SSIM and PSNR; nil for the largest less the smallest observed value.
  public var dataRange: Double? = nil
  /// How the page prints squared and absolute errors.
  public var conventions = ErrorConvention.perPixel
  /// Whether measurements leave out what takes long.
  public var isQuick = false
  /// How several frames are forecast.
  public var decoding = ForecastDecoding.recurrent
  /// What the split keeps together, the frames between its parts, and the share for training and validation; see
  /// `SequenceLayout`.
  public var splitRule: SplitRule? = nil
  public var splitGap: Int? = nil
  public var trainFraction: Double? = nil
  /// With autoregressive decoding, when training reads the model's own forecasts.
  public var sampling = ScheduledSampling(.none, steps: 1)
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
    options.seedCount = 1
    options.learningRate = 1e-3
    options.isQuick = true
    return options
  }

  /// How the data are divided and cut into samples.
  var layout: SequenceLayout {
    var layout = SequenceLayout(
      inputFrames: inputFrames, forecastFrames: forecastFrames, tileSize: tileSize)
    layout.downsampling = downsampling
    (layout.rule, layout.gapFrames, layout.trainFraction) = (splitRule, splitGap, trainFraction)
    layout.validationShare = validationShare
    (layout.batchSize, layout.batchesPerEpoch, layout.seed) = (batchSize, batchesPerEpoch, seed)
    return layout
  }

  var seeds: [UInt64] { (0..<UInt64(max(seedCount, 1))).map { seed &+ $0 } }
}

/// The score of a forecast that decides, pooled over lead times.
public enum ForecastPrimary: Hashable, Sendable {
  /// Critical success index above a threshold; the lowest one if it is `nil`.
  case csi(threshold: Float?)
  case meanSquaredError
  case meanAbsoluteError
}
