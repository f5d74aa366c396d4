import Contenders
import Readers
import Sampling
import TensorCore
import Training

/// Every choice that decides how a forecaster is trained on data, but the architecture: lengths, tiles, split, inputs,
/// loss and training. One value for every command, stored with models and reports.
public struct ForecastSettings: Codable, Hashable, Sendable {
  /// How many frames the model sees.
  public var inputFrames = 6
  /// How many frames it forecasts.
  public var forecastFrames = 12
  /// The side of the square tiles, in pixels after averaging.
  public var tileSize = 64
  /// How many pixels are averaged into one along each axis.
  public var downsampling = 1
  /// What the split keeps together; `nil` for whole events where two or more are long enough, and time where not.
  public var splitRule: SplitRule?
  /// Frames between the parts; the forecast length by default, and never less.
  public var splitGap: Int?
  /// The share for training and validation; 1 leaves no test.
  public var trainFraction: Double?
  /// Where validation takes its samples from.
  public var validation = ValidationRule.automatic
  /// The share of the tiles, or of what training and validation have together, that is for validation.
  public var validationShare = 0.2
  /// What the order of untimed events and measured weights depend on. Not the seed of a training: all trainings of a
  /// comparison share one split.
  public var splitSeed: UInt64 = 1
  /// What the decoder reads of the future: the last frame, or a nowcast.
  public var background = ForecastBackground.lastFrame
  /// Whether the background is the better one of extrapolation and S-PROG on training and validation; a task that has chosen
  /// says so no more.
  public var choosesBackground = false
  /// Where the observed frames stand.
  public var coordinates = ForecastCoordinates.eulerian
  /// What becomes of the amounts that a model forecasts.
  public var calibration = ForecastCalibration.none
  /// Whether the forecast is the background plus what the network adds to it.
  public var isResidual = true
  /// How several frames are forecast; `nil` for each contender's own choice.
  public var decoding: ForecastDecoding?
  /// With autoregressive decoding, when training reads the model's own forecasts.
  public var sampling = ScheduledSampling(.none, steps: 1)
  /// Whether the input has one more channel that tells valid pixels (1) from missing ones (0).
  public var masksInput = false
  /// What is minimised, in normalised units.
  public var loss = ForecastLoss.meanSquaredError
  /// How much each lead time counts in that.
  public var leadWeighting = LeadWeighting.equal
  /// Whether training tiles are mirrored and turned by chance.
  public var augments = false
  /// Batches of an epoch.
  public var batchesPerEpoch = 20
  public var training = TrainingSettings(epochs: 40, batchSize: 8, learningRate: 1e-3, patience: 8)

  public init() {}

  /// How the data are divided and cut into samples.
  public var layout: SequenceLayout {
    var layout = SequenceLayout(
      inputFrames: inputFrames, forecastFrames: forecastFrames, tileSize: tileSize)
    layout.downsampling = downsampling
    (layout.rule, layout.gapFrames, layout.trainFraction) = (splitRule, splitGap, trainFraction)
    (layout.validation, layout.validationShare) = (validation, validationShare)
    (layout.batchSize, layout.batchesPerEpoch, layout.seed) = (
      training.batchSize, batchesPerEpoch, splitSeed
    )
    layout.addsMaskChannel = masksInput
    return layout
  }

  /// Takes over what the data suggest where nothing else was asked for, so that every command chooses alike.
  ///
  /// Radar of less than 2 km is averaged to about 2 km, other large frames (512 pixels and more) 2 × 2; never so far
  /// that a tile would no longer fit. Tiles have 64 pixels a side, or what fits, in steps of 8. Forecasts of rain start
  /// from a nowcast, in Lagrangian coordinates, and take its amounts.
  ///
  /// - Parameters:
  ///   - source: A sequence as it was opened.
  ///   - wishes: What was asked for.
  /// - Returns: What was chosen, in a line for people.
  public mutating func adapt(to source: some FrameSource, _ wishes: ForecastWishes = ForecastWishes())
    -> String
  {
    let (downsampling, tileSize) = (wishes.downsampling, wishes.tileSize)
    let side = min(source.shape.height, source.shape.width)
    var factor = downsampling ?? Self.usualDownsampling(of: source)
    if downsampling == nil {
      while factor > 1, side / factor < max(tileSize ?? Self.usualTile, 1) { factor -= 1 }
    }
    self.downsampling = factor
    self.tileSize = tileSize ?? min(Self.usualTile, max(8, side / max(factor, 1) / 8 * 8))
    loss = wishes.loss ?? .meanSquaredError
    let hasMotion = source.unit == .millimetresPerHour && inputFrames > 1
    switch wishes.background ?? (hasMotion ? .automatic : .lastFrame) {
    case .automatic: (background, choosesBackground) = (.sprog, true)
    case .lastFrame: (background, choosesBackground) = (.lastFrame, false)
    case .extrapolation: (background, choosesBackground) = (.advected, false)
    case .sprog: (background, choosesBackground) = (.sprog, false)
    }
    coordinates = wishes.coordinates ?? (background.isNowcast ? .lagrangian : .eulerian)
    augments = wishes.augments ?? (hasMotion || augments)
    calibration = wishes.calibration ?? (background.isNowcast && isResidual ? .matching : .none)
    let pixel = source.grid?.pixelWidth.map { " of \(short($0 * Double(factor))) km" } ?? ""
    let averaged = factor > 1 ? ", averaged \(factor) × \(factor)" : ", not averaged"
    return "frames of \(source.shape.height) × \(source.shape.width) pixels\(averaged); tiles of "
      + "\(self.tileSize) × \(self.tileSize) pixels\(pixel); loss \(loss.name)"
  }

  private static let usualTile = 64
  /// Kilometres of a pixel after averaging.
  private static let usualPixel = 2.0

  private static func usualDownsampling(of source: some FrameSource) -> Int {
    let isRadar = [.millimetresPerHour, .millimetres, .decibelsZ].contains(source.unit)
    if isRadar, let width = source.grid?.pixelWidth, width > 0 {
      return max(1, Int((usualPixel / width).rounded()))
    }
    return min(source.shape.height, source.shape.width) >= 512 ? 2 : 1
  }
}

extension ForecastSettings {
  /// Settings that were written before there was a choice have the default of it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, otherwise value: Value) throws -> Value {
      try values.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    self.init()
    inputFrames = try value(.inputFrames, otherwise: inputFrames)
    forecastFrames = try value(.forecastFrames, otherwise: forecastFrames)
    tileSize = try value(.tileSize, otherwise: tileSize)
    downsampling = try value(.downsampling, otherwise: downsampling)
    splitRule = try values.decodeIfPresent(SplitRule.self, forKey: .splitRule)
    splitGap = try values.decodeIfPresent(Int.self, forKey: .splitGap)
    trainFraction = try values.decodeIfPresent(Double.self, forKey: .trainFraction)
    validation = try value(.validation, otherwise: validation)
    validationShare = try value(.validationShare, otherwise: validationShare)
    splitSeed = try value(.splitSeed, otherwise: splitSeed)
    background = try value(.background, otherwise: background)
    choosesBackground = try value(.choosesBackground, otherwise: choosesBackground)
    coordinates = try value(.coordinates, otherwise: coordinates)
    calibration = try value(.calibration, otherwise: calibration)
    isResidual = try value(.isResidual, otherwise: isResidual)
    decoding = try values.decodeIfPresent(ForecastDecoding.self, forKey: .decoding)
    sampling = try value(.sampling, otherwise: sampling)
    masksInput = try value(.masksInput, otherwise: masksInput)
    loss = try value(.loss, otherwise: loss)
    leadWeighting = try value(.leadWeighting, otherwise: leadWeighting)
    augments = try value(.augments, otherwise: augments)
    batchesPerEpoch = try value(.batchesPerEpoch, otherwise: batchesPerEpoch)
    training = try value(.training, otherwise: training)
  }
}
