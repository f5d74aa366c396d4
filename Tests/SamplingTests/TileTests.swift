import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

@Suite struct TileTests {
  /// Rain on the left quarter only; the lower third is outside the radar's reach.
  private func source(frames: Int = 10, height: Int = 30, width: Int = 40) throws -> FrameArray {
    let shape = FrameShape(height: height, width: width)
    return try FrameArray(
      (0..<frames).map { _ in
        try Frame(
          shape: shape, values: (0..<shape.pixels).map { $0 % width < width / 4 ? 3 : 0 },
          isValid: (0..<shape.pixels).map { $0 / width < height * 2 / 3 })
      }, unit: .millimetresPerHour)
  }

  private func samples(_ sampler: TileSampler, _ count: Int, epoch: Int = 0) throws -> [Sample] {
    let source = try source()
    let windows = try WindowIndex(of: source, inputFrames: 2, forecastFrames: 3)
    return try (0..<count).map {
      try sampler.sample(epoch: epoch, index: $0, of: source, windows: windows)
    }
  }

  @Test func theSameSeedGivesTheSameTiles() throws {
    let sampler = TileSampler(size: 6, seed: 5)
    let first = try samples(sampler, 50)
    #expect(try samples(sampler, 50) == first)
    #expect(try samples(TileSampler(size: 6, seed: 6), 50) != first)
    #expect(try samples(sampler, 50, epoch: 1) != first)
    #expect(Set(first.map(\.tile)).count > 25)
    #expect(Set(first.map(\.window)).count == 6)
  }

  @Test func wetTilesArePreferred() throws {
    func wetShare(_ sampler: TileSampler) throws -> Double {
      let samples = try samples(sampler, 400)
      // A tile touches the rain if it starts in the left quarter.
      return Double(samples.count { $0.tile.column < 10 }) / 400
    }
    var indifferent = TileSampler(size: 6, seed: 1)
    indifferent.dryAcceptance = 1
    // 10 of 35 positions touch the rain.
    #expect(abs(try wetShare(indifferent) - 10.0 / 35) < 0.08)
    #expect(try wetShare(TileSampler(size: 6, seed: 1)) > 0.75)
  }

  @Test func tilesOutsideTheDomainAreNotDrawn() throws {
    for sample in try samples(TileSampler(size: 6, seed: 2), 200) { #expect(sample.tile.row <= 17) }
    var strict = TileSampler(size: 6, seed: 2)
    strict.minimumValidShare = 1
    for sample in try samples(strict, 200) { #expect(sample.tile.row <= 14) }
  }

  @Test func heldOutTilesAreNotTouched() throws {
    var sampler = TileSampler(size: 6, seed: 3)
    let heldOut = Tile(row: 0, column: 0, height: 20, width: 8)
    sampler.excluded = [heldOut]
    for sample in try samples(sampler, 200) { #expect(!sample.tile.overlaps(heldOut)) }
    sampler.excluded = [Tile(row: 0, column: 0, height: 30, width: 40)]
    #expect(dataError { try samples(sampler, 1) }?.kind == .noTile)
  }

  @Test func tilesThatDoNotFitAreRefused() {
    for size in [0, -4, 31, Int.max] {
      #expect(dataError { try samples(TileSampler(size: size, seed: 1), 1) }?.kind == .noTile)
    }
  }

  @Test func theDomainIsWhatIsUsuallyMeasured() throws {
    let shape = FrameShape(height: 1, width: 3)
    let masks = [[true, false, false], [true, true, false], [true, true, false], [false, false, true]]
    let source = try FrameArray(
      masks.map { try Frame(shape: shape, values: [1, 1, 1], isValid: $0) }, unit: .millimetresPerHour)
    #expect(try DomainMask(of: source, frames: 0..<4).isInside == [true, true, false])
    let dark = try FrameArray(
      [Frame(shape: shape, values: [1, 1, 1], isValid: [false, false, false])], unit: .brightness)
    #expect(dataError { try DomainMask(of: dark, frames: 0..<1) }?.kind == .noTile)
  }

  @Test func theGridCoversTheDomainWithoutOverlap() throws {
    // A domain of rows 3 ..< 13 and columns 5 ..< 20 in 20×24: two rows of three tiles of 5.
    let shape = FrameShape(height: 20, width: 24)
    let domain = try DomainMask(
      shape: shape,
      isInside: (0..<480).map { (3..<13).contains($0 / 24) && (5..<20).contains($0 % 24) })
    #expect(domain.boundingBox == Tile(row: 3, column: 5, height: 10, width: 15))
    let grid = try TileGrid(domain: domain, size: 5)
    #expect(grid.tiles.count == 6)
    #expect(grid.rejected == 0)
    #expect(grid.tiles.first == Tile(row: 3, column: 5, size: 5))
    #expect(grid.tiles.reduce(0) { $0 + domain.share(of: $1) } == 6)
    // Tiles of 7: rows 1 ..< 15 and columns 2 ..< 23, centred on the domain. The outer tiles hold 5×4 of their
    // 7×7 pixels inside it, the middle ones 5×7.
    let larger = try TileGrid(domain: domain, size: 7, minimumShare: 0.4)
    #expect(
      larger.tiles == [1, 8].flatMap { row in [2, 9, 16].map { Tile(row: row, column: $0, size: 7) } })
    let half = try TileGrid(domain: domain, size: 7)
    #expect(half.tiles == [1, 8].map { Tile(row: $0, column: 9, size: 7) })
    #expect(half.rejected == 4)
    // A frame with room for one tile only.
    #expect(
      try TileGrid(domain: domain, size: 20, minimumShare: 0.3).tiles == [Tile(row: 0, column: 3, size: 20)])
  }

  @Test func tilesMostlyOutsideAreRejected() throws {
    let shape = FrameShape(height: 12, width: 12)
    // A disc of radius 6: its corners are empty.
    let domain = try DomainMask(
      shape: shape,
      isInside: (0..<144).map {
        let (y, x) = (Double($0 / 12) - 5.5, Double($0 % 12) - 5.5)
        return y * y + x * x <= 36
      })
    let grid = try TileGrid(domain: domain, size: 2)
    #expect(grid.tiles.count + grid.rejected == 36)
    #expect(grid.rejected >= 4)
    #expect(!grid.tiles.contains(Tile(row: 0, column: 0, size: 2)))
    #expect(
      dataError { try TileGrid(domain: domain, size: 12, minimumShare: 0.99) }?.kind == .noTile)
    #expect(dataError { try TileGrid(domain: domain, size: 13) }?.kind == .noTile)
    #expect(dataError { try TileGrid(domain: domain, size: 0) }?.kind == .noTile)
  }

  @Test func someTilesAreHeldOut() throws {
    let domain = try DomainMask(
      shape: FrameShape(height: 6, width: 9), isInside: [Bool](repeating: true, count: 54))
    let grid = try TileGrid(domain: domain, size: 3)
    #expect(try grid.heldOut(fraction: 0.34) == [grid.tiles[1], grid.tiles[4]])
    #expect(try grid.heldOut(fraction: 0.01).count == 1)
    #expect(dataError { try grid.heldOut(fraction: 0) }?.kind == .noTile)
    #expect(dataError { try grid.heldOut(fraction: .nan) }?.kind == .noTile)
  }
}
