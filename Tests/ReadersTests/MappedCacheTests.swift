import DataTestSupport
import Foundation
import Readers
import Sampling
import Synchronization
import Testing

@Suite struct MappedCacheTests {
  /// Frames with missing pixels; one of them may be broken.
  private final class Source: FrameSource {
    let base: FrameArray
    let broken = Mutex<Int?>(nil)
    let reads = Mutex(0)

    init() throws {
      base = try countingSource(
        frames: 6, height: 5, width: 7, channels: 2, minutes: (0..<6).map { Double(5 * $0) }
      ) { row, column in row == 1 && column > 3 }
    }

    var count: Int { base.count }
    var shape: FrameShape { base.shape }
    var timestamps: [Date]? { base.timestamps }
    var nominalStep: Double? { base.nominalStep }
    var unit: PhysicalUnit { base.unit }
    var events: [Range<Int>] { [0..<2, 2..<6] }

    func frame(at index: Int) throws -> Frame {
      reads.withLock { $0 += 1 }
      if broken.withLock({ $0 }) == index {
        throw DataError(
          .corrupt, file: "frame \(index)", expected: "a frame", received: "none", remedy: "Fetch it again.")
      }
      return try base.frame(at: index)
    }
  }

  private func files(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test func everyRunAfterTheFirstReadsNoFile() throws {
    let folder = try TemporaryFolder()
    let source = try Source()
    let key = CacheKey(text: "test")
    do {
      let cache = try MappedCache(source, key: key, in: folder.url)
      for index in [3, 0, 3, 5, 1, 2, 4, 0] {
        #expect(try cache.frame(at: index) == source.base.frame(at: index))
      }
      #expect(cache.isComplete)
      #expect(cache.reads == 6)
      #expect(cache.events == [0..<2, 2..<6])
    }
    #expect(try files(folder) == [key.fileName])
    let again = try MappedCache(source, key: key, in: folder.url)
    let before = source.reads.withLock { $0 }
    for index in 0..<6 { #expect(try again.frame(at: index) == source.base.frame(at: index)) }
    #expect(source.reads.withLock { $0 } == before)
    #expect(dataError { try again.frame(at: 6) } != nil)
  }

  @Test func tilesAreThoseOfTheFrames() throws {
    let folder = try TemporaryFolder()
    let source = try Source()
    let cache = try MappedCache(source, key: CacheKey(text: "tiles"), in: folder.url)
    try cache.fill()
    let window = Window(input: 1..<3, target: 3..<4)
    let samples = [
      Tile(row: 0, column: 2, height: 3, width: 4), Tile(row: 2, column: 3, height: 3, width: 4),
    ]
    .map { Sample(window: window, tile: $0) }
    let normalizer = try LogRainNormalizer(shift: 0, scale: 2)
    let direct = try BatchBuilder(source: source, normalizer: normalizer).batch(samples)
    let cached = try BatchBuilder(source: cache, normalizer: normalizer).batch(samples)
    #expect(direct.input == cached.input)
    #expect(direct.target == cached.target && direct.targetMask == cached.targetMask)
    let outside = Sample(window: window, tile: Tile(row: 3, column: 3, height: 3, width: 4))
    #expect(
      dataError { try BatchBuilder(source: cache, normalizer: normalizer).batch([outside]) }?.kind == .noTile)
  }

  @Test func afterAFailureNothingRemains() throws {
    let folder = try TemporaryFolder()
    let source = try Source()
    source.broken.withLock { $0 = 4 }
    let key = CacheKey(text: "broken")
    do {
      let cache = try MappedCache(source, key: key, in: folder.url)
      #expect(dataError { try cache.fill() }?.file == "frame 4")
      #expect(!cache.isComplete)
      // What is there is right all the same, and the broken frame is asked for again.
      #expect(try cache.frame(at: 2) == source.base.frame(at: 2))
      #expect(dataError { try cache.frame(at: 4) } != nil)
    }
    #expect(try files(folder).isEmpty)
    source.broken.withLock { $0 = nil }
    let cache = try MappedCache(source, key: key, in: folder.url)
    try cache.fill()
    #expect(cache.isComplete)
    #expect(try cache.frame(at: 4) == source.base.frame(at: 4))
  }

  @Test func damagedFilesAreMadeAnew() throws {
    let folder = try TemporaryFolder()
    let source = try Source()
    let key = CacheKey(text: "damaged")
    let file = folder.url.appendingPathComponent(key.fileName)
    for bytes in [Data(), Data("squall frames 1\n".utf8), Data(repeating: 7, count: 100_000)] {
      try bytes.write(to: file)
      let cache = try MappedCache(source, key: key, in: folder.url)
      #expect(!cache.isComplete)
      try cache.fill()
      #expect(try cache.frame(at: 5) == source.base.frame(at: 5))
    }
    // The same name with another key inside would be a collision of hashes.
    var whole = try Data(contentsOf: file)
    let place = try #require(whole.range(of: Data("damaged".utf8))).lowerBound
    whole[place] = UInt8(ascii: "D")
    try whole.write(to: file)
    #expect(try !MappedCache(source, key: key, in: folder.url).isComplete)
  }

  @Test func theKeyKnowsContentAndOptions() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("frames/one.bin")
    try Data("one".utf8).write(to: file)
    func key(_ option: Int) throws -> CacheKey {
      try CacheKey(files: [folder.url.appendingPathComponent("frames")], options: ["downsampling": option])
    }
    let first = try key(2)
    #expect(try key(2) == first)
    #expect(try key(2).fileName == first.fileName)
    #expect(try key(3).fileName != first.fileName)
    try Data("two".utf8).write(to: file)
    #expect(try key(2).fileName != first.fileName)
    let before = try key(2)
    try Data("more".utf8).write(to: folder.file("frames/zwei ü.bin"))
    #expect(try key(2).fileName != before.fileName)
    let absent = folder.url.appendingPathComponent("none")
    #expect(dataError { try CacheKey(files: [absent], options: 1) }?.kind == .notFound)
  }

  @Test func aFolderThatCannotBeMadeIsAnError() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("file")
    try Data("x".utf8).write(to: file)
    let source = try Source()
    #expect(
      dataError { try MappedCache(source, key: CacheKey(text: "x"), in: file) }?.kind == .notFound)
  }
}
