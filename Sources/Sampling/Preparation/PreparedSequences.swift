import Readers
import Support

/// Everything that a training gets from sequences, made once: split, normalisers, windows, tiles and batches.
///
/// Pixels are averaged; events are dealt out where there are three or more and time is divided with a gap where not;
/// normalisers are fitted on the training part; the test tiles lie side by side over the measured domain. A split in
/// time sets some of the tiles apart for validation where the frame has room for four, and the last frames where not.
public struct PreparedSequences: Sendable {
  public let layout: SequenceLayout
  /// The sequences, averaged.
  public let events: PreparedEvents
  /// The sequences one after the other.
  public let joined: EventSequence
  /// The grid of the frames before they were averaged.
  public let fineGrid: GridMetadata?
  /// The same with the latest frames in memory.
  public let source: CachedSource
  public let split: DataSplit
  /// Fitted on the training part, as are those of the auxiliary channels.
  public let normalizer: StoredNormalizer
  public let extras: [ExtraDescription]
  public let domain: DomainMask
  public let grid: TileGrid
  public let validationTiles: [Tile]
  public let builder: BatchBuilder
  /// The windows that training draws from.
  public let trainingWindows: WindowIndex
  public let validation: AllTileBatches
  /// `nil` if everything is for training and validation.
  public let test: AllTileBatches?
  public let testWindows: WindowIndex?
  private let sampler: TileSampler
  /// How many grids the sequences lie on.
  public let gridCount: Int

  /// - Parameters:
  ///   - raw: The sequences as they were opened.
  ///   - layout: How they are divided and cut.
  ///   - known: A normaliser that is taken instead of fitting one: that of a model whose training goes on.
  ///   - knownExtras: The same for auxiliary channels, in their order.
  /// - Throws: `DataError` if the sequences are too short, too small, or hold nothing to fit a normaliser on;
  ///   whatever reading throws.
  public init(
    _ raw: PreparedEvents, layout: SequenceLayout, normalizer known: StoredNormalizer? = nil,
    extras knownExtras: [ExtraDescription] = []
  ) throws {
    self.layout = layout
    fineGrid = raw.sources.first?.grid
    let events = try raw.averaged(by: layout.downsampling)
    self.events = events
    let joined = try EventSequence(events.sources)
    self.joined = joined
    let moving = events.extras.count { !$0.isStatic }
    let bytes = layout.cacheBytes / (1 + moving)
    let source = CachedSource(joined, maximumBytes: bytes)
    self.source = source
    let (size, shape) = (layout.tileSize, source.shape)
    guard size >= 1, size <= min(shape.height, shape.width) else {
      throw DataError(
        .noTile,
        expected: "tiles of at most \(min(shape.height, shape.width)) pixels, the frames being \(shape)",
        received: "\(size)",
        remedy: "Choose smaller tiles with --tile-size, or average fewer pixels.")
    }
    let hasRoom = min(shape.height / size, 8) * min(shape.width / size, 8) >= 4
    if layout.validation == .tiles, shape.height / size * (shape.width / size) < 2 {
      throw DataError(
        .noTile, expected: "frames with room for two tiles of \(size) pixels, one of them for validation",
        received: "\(shape.height) × \(shape.width) pixels",
        remedy: "Choose smaller tiles with --tile-size, or --validate-on time.")
    }
    let split = try DataSplit(
      of: joined, groups: events.groupsOfEvents, layout: layout,
      holdsOutTiles: layout.validation == .automatic ? hasRoom : layout.validation == .tiles)
    self.split = split
    normalizer = try known ?? StoredNormalizer(fittedOn: source, frames: split.trainingFrames)
    var auxiliary: [AuxiliaryChannels] = []
    extras = try events.extras.enumerated().map { number, extra in
      let frames: any FrameSource =
        extra.isStatic
        ? extra.source(0)
        : CachedSource(
          try EventSequence(events.sources.indices.map { extra.source($0) }), maximumBytes: bytes)
      let fitted: StoredNormalizer
      do {
        fitted =
          number < knownExtras.count
          ? knownExtras[number].normalizer
          : try StoredNormalizer(fittedOn: frames, frames: extra.isStatic ? [0] : split.trainingFrames)
      } catch let error as DataError {
        throw DataError(
          error.kind, file: extra.name, expected: error.expected, received: error.received,
          remedy: "Leave it out: what is the same everywhere tells nothing.")
      }
      auxiliary.append(AuxiliaryChannels(frames, normalizer: fitted))
      return ExtraDescription(
        name: extra.name, channels: extra.channels, isStatic: extra.isStatic, unit: extra.unit,
        normalizer: fitted)
    }
    let domains = try GridDomains(of: joined, source: source, trainingFrames: split.trainingFrames)
    domain = domains.union
    gridCount = domains.count
    grid = try TileGrid(domain: domain, size: size)
    validationTiles =
      split.validatesOnHeldOutTiles ? try grid.heldOut(fraction: layout.validationShare) : grid.tiles
    let builder = try BatchBuilder(
      source: source, normalizer: normalizer, addsMaskChannel: layout.addsMaskChannel, auxiliary: auxiliary)
    self.builder = builder

    func windows(_ parts: [Range<Int>], stride: Int = 1) throws -> WindowIndex {
      try events.leavingOutLookahead(
        WindowIndex(
          of: source, parts: parts, inputFrames: layout.inputFrames, forecastFrames: layout.forecastFrames,
          stride: stride))
    }
    var sampler = TileSampler(size: size, seed: layout.seed)
    if split.validatesOnHeldOutTiles { sampler.excluded = validationTiles }
    if let acceptance = layout.dryAcceptance {
      sampler.dryAcceptance = acceptance
    } else if source.unit != .millimetresPerHour {
      sampler.dryAcceptance = 1
    }
    self.sampler = sampler
    trainingWindows = try windows(split.training)
    // Neighbouring windows are nearly the same: every third is enough to choose an epoch by.
    validation = try AllTileBatches(
      builder: builder, windows: windows(split.validation, stride: 3), tiles: validationTiles,
      batchSize: layout.batchSize, admits: domains.admits)
    testWindows = split.test.isEmpty ? nil : try windows(split.test)
    let tiles = grid.tiles
    test = try testWindows.map {
      try AllTileBatches(
        builder: builder, windows: $0, tiles: tiles, batchSize: layout.batchSize, admits: domains.admits)
    }
  }

  /// The training batches of a seed.
  ///
  /// - Parameters:
  ///   - seed: What the draw of tiles depends on.
  ///   - share: The share of the training windows to draw from; see ``WindowIndex/nestedShare(_:events:seed:)``.
  /// - Throws: `DataError` if a number is not positive.
  public func training(seed: UInt64, share: Double = 1) throws -> RandomTileBatches {
    var sampler = sampler
    sampler.seed = seed
    return try RandomTileBatches(
      builder: builder,
      windows: try trainingWindows.nestedShare(share, events: source.events, seed: layout.seed),
      sampler: sampler, batchSize: layout.batchSize,
      batchesPerEpoch: layout.batchesPerEpoch)
  }

  /// What was done to the sequences and what it left out, for people and reports; empty where nothing was.
  public var remarks: [(name: String, text: String)] {
    var lines = events.counts.lines(events.handling)
    let windows = [trainingWindows] + (testWindows.map { [$0] } ?? [])
    let names = ["training", "test"]
    let dropped = zip(names, windows).compactMap { name, windows -> String? in
      let count = windows.droppedByGaps + windows.droppedByLookahead
      return count == 0 ? nil : "\(count) of \(name)"
    }
    if !dropped.isEmpty {
      lines.append(
        ("Windows left out", dropped.joined(separator: ", ") + ", because frames are missing within"))
    }
    if !extras.isEmpty {
      lines.append(("Auxiliary channels", extras.map(\.summary).joined(separator: "; ")))
    }
    if gridCount > 1 {
      let pixel = joined.grid?.pixelSize.map { " of \(NumberText.plain($0.width, digits: 4)) km" } ?? ""
      let (height, width) = (joined.shape.height, joined.shape.width)
      lines.append(
        (
          "Grids",
          "\(gridCount), brought to frames of \(height) × \(width) pixels\(pixel), missing where a grid does not reach"
        ))
    }
    lines.append(("Split", splitText))
    if split.shortEvents > 0 { lines.append(("Events left out", "\(split.shortEvents), too short")) }
    return lines
  }
}

extension PreparedSequences {
  /// How many frames each part has, and how many are in none.
  private var splitText: String {
    func count(_ parts: [Range<Int>]) -> Int { parts.reduce(0) { $0 + $1.count } }
    let parts = [
      "\(count(split.training)) frames for training",
      split.validatesOnHeldOutTiles
        ? "validation on \(validationTiles.count) of \(grid.tiles.count) tiles of the same frames"
        : "\(count(split.validation)) for validation",
      split.test.isEmpty ? "no test" : "\(count(split.test)) for the test",
    ]
    let used = Set((split.training + split.validation + split.test).flatMap { $0 }).count
    let rest = source.count - used
    let kept: String
    switch split.rule {
    case .time: kept = "by time"
    case .event: kept = "by event"
    case .group: kept = "by group"
    case .window: kept = "by window"
    }
    return kept + ": " + parts.joined(separator: ", ")
      + (rest > 0
        ? "; \(rest) of \(source.count) frames are in no part (gaps between parts, and what is too short)"
        : "")
  }
}

/// What a model must know of auxiliary channels.
public struct ExtraDescription: Codable, Equatable, Sendable {
  public let name: String
  public let channels: Int
  public let isStatic: Bool
  public let unit: PhysicalUnit
  public let normalizer: StoredNormalizer

  public init(
    name: String, channels: Int, isStatic: Bool, unit: PhysicalUnit, normalizer: StoredNormalizer
  ) {
    self.name = name
    self.channels = channels
    self.isStatic = isStatic
    self.unit = unit
    self.normalizer = normalizer
  }

  /// In words.
  public var summary: String {
    "\(name) (\(channels == 1 ? "one channel" : "\(channels) channels"), "
      + "\(isStatic ? "the same at all times" : "at the times of the field"), \(normalizer.summary))"
  }
}
