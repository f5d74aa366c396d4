import Foundation
import SequenceData
import TensorCore

/// Everything that both families get from the data, made once: the same split, tiles, normaliser and batches.
package struct ForecastData {
  package let source: any FrameSource
  package let split: TimeSplit
  package let normalizer: LogRainNormalizer
  /// The windows that training draws from.
  package let trainingWindows: WindowIndex
  package let validation: AllTileBatches
  package let test: AllTileBatches
  package let domain: DomainMask
  package let grid: TileGrid
  package let validationTiles: [Tile]
  let blocks: TestBlocks
  /// Forecasts along the motion of the observed frames.
  let advected: AdvectedFrames
  private let sampler: TileSampler
  private let options: ForecastOptions

  /// Prepares the data: averages pixels, splits in time order with a gap, fits the normaliser on the training
  /// part, lays the test tiles over the measured domain and sets some of them apart for validation.
  ///
  /// - Throws: `DataError` if the sequence is too short, too small or has no rain.
  package init(_ base: any FrameSource, options: ForecastOptions) throws {
    let averaged: any FrameSource =
      options.downsampling > 1 ? try DownsampledSource(base, factor: options.downsampling) : base
    let source = CachedSource(averaged)
    self.source = source
    advected = AdvectedFrames(source: source, steps: options.forecastFrames)
    split = try TimeSplit(
      frameCount: source.count, inputFrames: options.inputFrames, forecastFrames: options.forecastFrames,
      trainFraction: options.trainFraction, validation: .heldOutTiles)
    normalizer = try LogRainNormalizer(fittedOn: source, frames: split.training)
    domain = try DomainMask(of: source, frames: split.training)
    grid = try TileGrid(domain: domain, size: options.tileSize)
    validationTiles = try grid.heldOut(fraction: options.validationShare)

    let builder = BatchBuilder(source: source, normalizer: normalizer)
    func windows(_ frames: Range<Int>, stride: Int = 1) throws -> WindowIndex {
      try WindowIndex(
        of: source, frames: frames, inputFrames: options.inputFrames,
        forecastFrames: options.forecastFrames, stride: stride)
    }
    var sampler = TileSampler(size: options.tileSize, seed: options.seed)
    sampler.excluded = validationTiles
    self.sampler = sampler
    self.options = options
    trainingWindows = try windows(split.training)
    // Neighbouring windows are nearly the same: every third is enough to choose an epoch by.
    validation = try AllTileBatches(
      builder: builder, windows: windows(split.validation, stride: 3), tiles: validationTiles,
      batchSize: options.batchSize)
    let tested = try windows(split.test)
    test = try AllTileBatches(
      builder: builder, windows: tested, tiles: grid.tiles, batchSize: options.batchSize)
    blocks = TestBlocks(
      starts: tested.starts, windowLength: tested.length, forecastFrames: options.forecastFrames)
  }

  /// The training batches of a seed, the same for both families.
  ///
  /// - Throws: `DataError` if a number is not positive.
  package func training(seed: UInt64) throws -> RandomTileBatches {
    var sampler = sampler
    sampler.seed = seed
    return try RandomTileBatches(
      builder: validation.builder, windows: trainingWindows, sampler: sampler,
      batchSize: options.batchSize, batchesPerEpoch: options.batchesPerEpoch)
  }

  /// Minutes from the last observed frame to each forecast frame; frames where time is unknown.
  func leadTimes(_ count: Int) -> [Double] {
    (1...count).map { Double($0) * (source.nominalStep ?? 1) }
  }

  /// The period that a range of frames covers, in words.
  func period(_ frames: Range<Int>) -> String {
    guard let times = source.timestamps, let last = frames.last else {
      return "frames \(frames.lowerBound + 1) to \(frames.upperBound)"
    }
    return "\(clock(times[frames.lowerBound])) to \(clock(times[last])) UTC"
  }

  /// A time of day in UTC, with its date.
  func clock(_ date: Date) -> String {
    date.formatted(
      .verbatim(
        "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
        locale: Locale(identifier: "en_GB_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
    )
  }

  /// What models take of a batch.
  func inputs(_ batch: SequenceBatch) throws -> [Tensor] {
    guard options.background == .advected else { return [batch.input] }
    return [
      batch.input, Elementwise.map(try advected.fields(for: batch.samples)) { normalizer.normalize($0) },
    ]
  }
}
