import DataTestSupport
import Foundation
import Readers
import Sampling
import Synchronization
import TensorCore
import Testing

/// One preparation for all who train or score: gaps, dry spells, auxiliary channels, splits and memory.
@Suite struct PreparedSequencesTests {
  private static let shape = FrameShape(height: 8, width: 12)

  /// Frames whose pixels are the minute they were measured in, plus their place.
  private static func clock(
    _ minutes: [Int], scale: Float = 1, shape: FrameShape = PreparedSequencesTests.shape,
    isTimed: Bool = true,
    unit: PhysicalUnit = .dimensionless, changing: [Int] = []
  ) throws -> FrameArray {
    try FrameArray(
      minutes.map { minute in
        try Frame(
          shape: shape,
          values: (0..<shape.count).map {
            scale * (Float(minute) + Float($0) / 100) + (changing.contains(minute) ? 50 : 0)
          }, time: isTimed ? Date(timeIntervalSince1970: Double(minute) * 60) : nil)
      }, unit: unit)
  }

  private static func layout(_ size: Int = 4) -> SequenceLayout {
    var layout = SequenceLayout(inputFrames: 2, forecastFrames: 2, tileSize: size)
    (layout.batchSize, layout.batchesPerEpoch, layout.dryAcceptance) = (3, 4, 1)
    return layout
  }

  private static let regular = Array(stride(from: 0, to: 300, by: 5))

  @Test func bridgesGapsAndCountsThem() throws {
    let minutes = Self.regular.filter { $0 != 50 && !(100...140).contains($0) }
    let events = try PreparedEvents(
      [Self.clock(minutes)], handling: SequenceHandling(gaps: .init(.repeat, atMost: 2)))
    #expect(events.counts.bridgedFrames == 1 && events.counts.openGaps == 1)
    #expect(events.sources[0].events.count == 2)
    let lines = events.counts.lines(events.handling)
    #expect(lines.count == 1 && lines[0].text.contains("1 frames put in, 1 gaps left open"))
    let plain = try PreparedEvents([Self.clock(minutes)])
    #expect(plain.counts == HandlingCounts() && plain.counts.lines(plain.handling).isEmpty)
    #expect(
      dataError {
        try PreparedEvents(
          [Self.clock(minutes, isTimed: false)], handling: .init(gaps: .init(.mask, atMost: 2)))
      }?.kind == .invalidOption)
  }

  /// A frame between two others is known only when the second one is: windows whose input ends before are left out,
  /// and changing what comes after an input never changes the input.
  @Test func interpolationNeverLooksAhead() throws {
    let minutes = Self.regular.filter { ![40, 45, 120].contains($0) }
    func prepared(_ changing: [Int] = []) throws -> PreparedEvents {
      try PreparedEvents(
        [Self.clock(minutes, changing: changing)], handling: .init(gaps: .init(.interpolate, atMost: 3)))
    }
    let events = try prepared()
    let source = events.sources[0]
    let all = try WindowIndex(of: source, inputFrames: 3, forecastFrames: 2)
    let honest = try events.leavingOutLookahead(all)
    // Inputs that end at 40, at 45 or at 120.
    #expect(honest.droppedByLookahead == 3 && honest.count == all.count - 3)
    let times = try #require(source.timestamps)
    for start in all.starts {
      let last = all.window(startingAt: start).lastInput
      let refusal = dataError { try events.checkKnown(3, until: times[last], in: 0) }
      #expect((refusal?.kind == .leakage) != honest.starts.contains(start))
    }
    for start in honest.starts {
      let window = honest.window(startingAt: start)
      let later = minutes.filter { $0 > window.lastInput * 5 }
      let changed = try prepared(later).sources[0]
      for index in window.input { #expect(try changed.frame(at: index) == source.frame(at: index)) }
    }
  }

  @Test func drySpellsEndEvents() throws {
    let shape = Self.shape
    let rain = try FrameArray(
      (0..<60).map { index in
        let isWet = [5..<20, 30..<40, 44..<58].contains { $0.contains(index) }
        return try Frame(
          shape: shape, values: [Float](repeating: isWet ? 2 : 0, count: shape.count),
          time: Date(timeIntervalSince1970: Double(index) * 300))
      }, unit: .millimetresPerHour)
    let events = try PreparedEvents([rain], handling: .init(dry: .init(minutes: 25)))
    #expect(events.sources[0].events == [5..<20, 30..<58])
    #expect(events.counts.wetEvents == 2 && events.counts.dryFrames == 17)
    #expect(events.counts.lines(events.handling)[0].text.contains("2 events, 17 dry frames"))
    let inspection = try DataInspection(.events(events.sources), handled: events)
    #expect(inspection.events.map(\.frames) == [15, 28] && inspection.handling?.dryFrames == 17)
    #expect(inspection.text.contains("Dry spells"))
  }

  @Test func channelsRideAlong() throws {
    let minutes = Self.regular
    // Twice the field at more times than needed, and a map.
    let wind = try Self.clock(Array(stride(from: -50, to: 400, by: 5)), scale: 2)
    let map = try Self.clock([7], isTimed: false)
    let events = try PreparedEvents(
      [Self.clock(minutes)], extras: [("wind", [wind]), ("elevation", [map])])
    let data = try PreparedSequences(events, layout: Self.layout())
    #expect(data.builder.inputChannels == 3)
    #expect(data.extras.map(\.isStatic) == [false, true])
    let batch = try data.training(seed: 4).batch(epoch: 0, index: 1)
    #expect(batch.input.shape == [3, 2, 4, 4, 3] && batch.target.shape == [3, 2, 4, 4, 1])
    // Each fitted on the training part alone: mean 0 and deviation 1 there, so twice the field looks like it.
    let input = batch.input.values
    for pixel in stride(from: 0, to: input.count, by: 3) {
      #expect(abs(input[pixel] - input[pixel + 1]) < 1e-4)
    }
    let single = try FieldNormalizer(fittedOn: map, frames: [0])
    #expect(data.extras[1].normalizer == .field(single))
    #expect(data.remarks.map(\.name) == ["Auxiliary channels", "Split"])

    let other = FrameShape(height: 8, width: 11)
    for (extra, kind) in [
      (try Self.clock([0], shape: other), DataError.Kind.wrongShape),
      (try Self.clock(Array(minutes.dropLast())), .badValue),
      (try Self.clock(Array(minutes.dropLast()), isTimed: false), .wrongShape),
    ] {
      let error = dataError { try PreparedEvents([Self.clock(minutes)], extras: [("other.npy", [extra])]) }
      #expect(error?.kind == kind && error?.file == "other.npy")
    }
  }

  @Test func splitsByTheRuleThatIsNamed() throws {
    func event(_ day: Int) throws -> FrameArray {
      try Self.clock(Array(stride(from: day * 1440, to: day * 1440 + 60, by: 5)))
    }
    let events = try (0..<6).map(event)
    func split(_ layout: SequenceLayout, groups: [Int]? = nil) throws -> DataSplit {
      try PreparedSequences(PreparedEvents(events, groups: groups), layout: layout).split
    }
    var layout = Self.layout()
    let usual = try split(layout)
    #expect(usual.rule == .event && usual.test == [60..<72])
    #expect(usual.training.count == 4 && usual.validation.count == 1)
    layout.rule = .group
    #expect(dataError { try split(layout) }?.kind == .invalidOption)
    let grouped = try split(layout, groups: [0, 0, 1, 1, 2, 2])
    #expect(grouped.rule == .group && grouped.training.count == 2 && grouped.test == [48..<60, 60..<72])
    layout.rule = .time
    layout.gapFrames = 9
    let timed = try split(layout)
    #expect(timed.rule == .time && timed.test == [34 + 9..<72])
    layout.trainFraction = 1
    layout.rule = nil
    let all = try PreparedSequences(PreparedEvents(events), layout: layout)
    #expect(all.test == nil && all.split.training.count == 5 && all.split.validation.count == 1)
  }

  /// A cache that holds two of sixty frames gives the same batches, and holds no more.
  @Test func memoryIsBounded() throws {
    let events = try PreparedEvents([Self.clock(Self.regular)])
    var small = Self.layout()
    small.cacheBytes = 2 * Self.shape.count * 5
    let (little, much) = (
      try PreparedSequences(events, layout: small), try PreparedSequences(events, layout: Self.layout())
    )
    #expect(little.source.capacity == 2)
    for epoch in 0..<3 {
      for index in 0..<4 {
        let batch = try little.training(seed: 1).batch(epoch: epoch, index: index)
        let other = try much.training(seed: 1).batch(epoch: epoch, index: index)
        #expect(batch.samples == other.samples && batch.input.values == other.input.values)
        #expect(batch.target.values == other.target.values)
      }
    }
    #expect(little.source.heldFrames <= 2 && much.source.reads <= 60)
    #expect(little.source.reads > 60)
  }

  /// From the second epoch on a mapped file serves the tiles, and nothing is read from the source again.
  @Test func aMappedFileServesLaterEpochs() throws {
    let folder = try TemporaryFolder()
    let files = CountedSource(base: try Self.clock(Self.regular))
    let cache = try MappedCache(files, key: CacheKey(text: "some"), in: folder.url)
    var layout = Self.layout()
    layout.cacheBytes = 1
    let data = try PreparedSequences(PreparedEvents([cache]), layout: layout)
    try cache.fill()
    let (read, held) = (files.reads, data.source.reads)
    let plain = try PreparedSequences(PreparedEvents([Self.clock(Self.regular)]), layout: Self.layout())
    for index in 0..<4 {
      #expect(
        try data.training(seed: 2).batch(epoch: 1, index: index).input.values
          == plain.training(seed: 2).batch(epoch: 1, index: index).input.values)
    }
    #expect(files.reads == read && read == 60 && data.source.reads == held)
  }
}

/// Counts what is read.
private final class CountedSource: FrameSource {
  let base: FrameArray
  private let counter = Mutex(0)

  init(base: FrameArray) { self.base = base }

  var reads: Int { counter.withLock { $0 } }
  var count: Int { base.count }
  var shape: FrameShape { base.shape }
  var timestamps: [Date]? { base.timestamps }
  var nominalStep: Double? { base.nominalStep }
  var unit: PhysicalUnit { base.unit }

  func frame(at index: Int) throws -> Frame {
    counter.withLock { $0 += 1 }
    return try base.frame(at: index)
  }
}
