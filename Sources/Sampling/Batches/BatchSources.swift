import Readers

/// Batches that a training or an evaluation goes through, made when asked for.
public protocol BatchSource: Sendable {
  /// How many batches an epoch has.
  var batchesPerEpoch: Int { get }

  /// One batch of one epoch; the same one whenever it is asked for.
  ///
  /// - Throws: `DataError` if the data cannot be read or hold no such batch.
  func batch(epoch: Int, index: Int) throws -> SequenceBatch
}

/// Random training batches by a ``TileSampler``.
public struct RandomTileBatches: BatchSource {
  public let builder: BatchBuilder
  public let windows: WindowIndex
  public let sampler: TileSampler
  public let batchSize: Int
  public let batchesPerEpoch: Int

  /// - Throws: `DataError` if a number is not positive.
  public init(
    builder: BatchBuilder, windows: WindowIndex, sampler: TileSampler, batchSize: Int, batchesPerEpoch: Int
  ) throws {
    try checkPositive(batchSize, batchesPerEpoch)
    self.builder = builder
    self.windows = windows
    self.sampler = sampler
    self.batchSize = batchSize
    self.batchesPerEpoch = batchesPerEpoch
  }

  public func batch(epoch: Int, index: Int) throws -> SequenceBatch {
    try builder.batch(
      (0..<batchSize).map {
        try sampler.sample(
          epoch: epoch, index: index * batchSize + $0, of: builder.source, windows: windows)
      })
  }
}

/// Every window on every tile of a list, in order: for validation and test. The last batch may be smaller.
public struct AllTileBatches: BatchSource {
  public let builder: BatchBuilder
  /// Window by window, and within a window tile by tile.
  public let samples: [Sample]
  public let batchSize: Int

  /// - Throws: `DataError` if there is no tile, one does not fit, or the batch size is not positive.
  public init(builder: BatchBuilder, windows: WindowIndex, tiles: [Tile], batchSize: Int) throws {
    try self.init(builder: builder, windows: windows, tiles: tiles, batchSize: batchSize) { _ in true }
  }

  /// The windows on those tiles where something is measured.
  ///
  /// - Throws: `DataError` also if no sample is admitted.
  init(
    builder: BatchBuilder, windows: WindowIndex, tiles: [Tile], batchSize: Int, admits: (Sample) -> Bool
  ) throws {
    try checkPositive(batchSize, tiles.count)
    for tile in tiles { try tile.check(fits: builder.source.shape) }
    self.builder = builder
    self.batchSize = batchSize
    samples = (0..<windows.count).flatMap { window in
      tiles.map { Sample(window: windows[window], tile: $0) }.filter(admits)
    }
    guard !samples.isEmpty || windows.count == 0 else {
      throw DataError(
        .noTile, expected: "a tile of which the windows of validation and test measure at least half",
        received: "\(tiles.count) tiles, none of them", remedy: "Choose smaller tiles with --tile-size.")
    }
  }

  public var batchesPerEpoch: Int { (samples.count + batchSize - 1) / batchSize }

  /// One batch; all epochs are alike.
  public func batch(epoch: Int = 0, index: Int) throws -> SequenceBatch { try builder.batch(part(index)) }

  /// The samples of one batch in physical units.
  ///
  /// - Throws: as ``BatchSource/batch(epoch:index:)``.
  public func physicalBatch(index: Int) throws -> PhysicalBatch { try builder.physicalBatch(part(index)) }

  private func part(_ index: Int) throws -> [Sample] {
    guard index >= 0, index < batchesPerEpoch else {
      throw DataError(
        .invalidOption, expected: "a batch in 0 ..< \(batchesPerEpoch)", received: "\(index)",
        remedy: "Ask for batches that there are.")
    }
    return Array(samples[index * batchSize..<min(samples.count, (index + 1) * batchSize)])
  }
}

private func checkPositive(_ batchSize: Int, _ count: Int) throws {
  guard batchSize >= 1, count >= 1 else {
    throw DataError(
      .invalidOption, expected: "a positive batch size and at least one batch or tile",
      received: "batch size \(batchSize), \(count) batches or tiles", remedy: "Choose positive numbers.")
  }
}
