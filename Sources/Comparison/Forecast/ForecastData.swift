import Forecasting
import Foundation
import SequenceData
import TensorCore

/// Everything that both families get from the data, made once: the same split, tiles, normaliser and batches.
package struct ForecastData {
  package let sequences: PreparedSequences
  package let test: AllTileBatches
  let blocks: TestBlocks
  /// Forecasts along the motion of the observed frames.
  let advected: ExtrapolatedFrames
  /// How much each lead time counts in training; `nil`: all alike.
  package private(set) var leadWeights: [Float]?
  private let options: ForecastOptions

  package var source: any FrameSource { sequences.source }
  package var split: DataSplit { sequences.split }
  package var normalizer: StoredNormalizer { sequences.normalizer }
  /// The windows that training draws from.
  package var trainingWindows: WindowIndex { sequences.trainingWindows }
  package var validation: AllTileBatches { sequences.validation }
  package var domain: DomainMask { sequences.domain }
  package var grid: TileGrid { sequences.grid }
  package var validationTiles: [Tile] { sequences.validationTiles }

  /// Prepares one sequence; see ``PreparedSequences``.
  package init(_ base: any FrameSource, options: ForecastOptions) throws {
    try self.init(PreparedEvents(base), options: options)
  }

  /// Prepares the data; see ``PreparedSequences``.
  ///
  /// - Throws: `DataError` if the sequences are too short, too small, have no rain, or leave no test.
  package init(_ events: PreparedEvents, options: ForecastOptions) throws {
    let sequences = try PreparedSequences(events, layout: options.layout)
    guard let test = sequences.test, let tested = sequences.testWindows else {
      throw DataError(
        .invalidOption, expected: "a test part to compare on", received: "a training fraction of 1",
        remedy: "Leave something for the test.")
    }
    self.sequences = sequences
    self.options = options
    self.test = test
    advected = ExtrapolatedFrames(source: sequences.source, leads: options.forecastFrames)
    blocks = TestBlocks(
      starts: tested.starts, windowLength: tested.length, forecastFrames: options.forecastFrames,
      events: sequences.split.rule == .time ? nil : sequences.split.test)
    leadWeights = try LeadWeights.measured(self, options)
  }

  /// The training batches of a seed, the same for both families.
  ///
  /// - Throws: `DataError` if a number is not positive.
  package func training(seed: UInt64) throws -> RandomTileBatches { try sequences.training(seed: seed) }

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
