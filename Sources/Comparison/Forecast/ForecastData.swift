import Foundation
import SequenceData
import TensorCore

/// Everything that both families get from the data, made once: the same split, tiles, normaliser and batches.
package struct ForecastData {
  package let source: any FrameSource
  package let split: DataSplit
  package let normalizer: StoredNormalizer
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

  /// Prepares the data: averages pixels, splits by event where there are three or more and in time order with a gap
  /// where not, fits the normaliser on the training part and lays the test tiles over the measured domain. Without
  /// events of their own for validation some of the tiles are set apart for it.
  ///
  /// - Throws: `DataError` if the sequence is too short, too small or has no rain.
  package init(_ base: any FrameSource, options: ForecastOptions) throws {
    let averaged: any FrameSource =
      options.downsampling > 1 ? try DownsampledSource(base, factor: options.downsampling) : base
    let source = CachedSource(averaged)
    self.source = source
    advected = AdvectedFrames(source: source, steps: options.forecastFrames)
    split = try Self.split(source, options)
    normalizer = try StoredNormalizer(fittedOn: source, frames: split.trainingFrames)
    domain = try DomainMask(of: source, frames: split.trainingFrames)
    grid = try TileGrid(domain: domain, size: options.tileSize)
    validationTiles =
      split.validatesOnHeldOutTiles ? try grid.heldOut(fraction: options.validationShare) : grid.tiles

    let builder = BatchBuilder(source: source, normalizer: normalizer)
    func windows(_ parts: [Range<Int>], stride: Int = 1) throws -> WindowIndex {
      try WindowIndex(
        of: source, parts: parts, inputFrames: options.inputFrames,
        forecastFrames: options.forecastFrames, stride: stride)
    }
    var sampler = TileSampler(size: options.tileSize, seed: options.seed)
    if split.validatesOnHeldOutTiles { sampler.excluded = validationTiles }
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
      starts: tested.starts, windowLength: tested.length, forecastFrames: options.forecastFrames,
      events: split.rule == .time ? nil : split.test)
  }

  private static func split(_ source: some FrameSource, _ options: ForecastOptions) throws -> DataSplit {
    let window = options.inputFrames + options.forecastFrames
    guard source.events.count(where: { $0.count >= window }) >= 3 else {
      return DataSplit(
        try TimeSplit(
          frameCount: source.count, inputFrames: options.inputFrames,
          forecastFrames: options.forecastFrames, trainFraction: options.trainFraction,
          validation: .heldOutTiles))
    }
    return try DataSplit(
      byEventsOf: source, inputFrames: options.inputFrames, forecastFrames: options.forecastFrames,
      seed: options.seed)
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

  /// What a part of the split covers, in words.
  func extent(_ parts: [Range<Int>]) -> String {
    parts.count == 1
      ? period(parts[0]) : "\(parts.count) events of \(parts.reduce(0) { $0 + $1.count }) frames"
  }

  /// Where validation takes its samples from, in words.
  var validationExtent: String {
    split.validatesOnHeldOutTiles
      ? "\(validationTiles.count) tiles of the training period that training never sees"
      : extent(split.validation)
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
