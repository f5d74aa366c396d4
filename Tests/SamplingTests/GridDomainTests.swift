import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

/// Sequences of archives on other grids, padded to one size.
@Suite struct GridDomainTests {
  /// Rain everywhere, of 16 × 40 pixels, 40 × 16 pixels, and both alike in pixel size.
  private static func events() throws -> [any FrameSource] {
    try [(16, 40), (40, 16), (16, 40)].enumerated().map { number, size in
      let frames = try (0..<12).map { index in
        try Frame(
          shape: FrameShape(height: size.0, width: size.1),
          values: (0..<size.0 * size.1).map { Float(($0 * 31 + index * 7 + number) % 23) })
      }
      let grid = GridMetadata(projection: "\(size)", pixelWidth: 1, pixelHeight: 1)
      return try PaddedSource(
        FrameArray(frames, unit: .millimetresPerHour, grid: grid), height: 40, width: 40)
    }
  }

  @Test func tilesAreThoseThatTheGridOfAWindowMeasures() throws {
    var layout = SequenceLayout(inputFrames: 2, forecastFrames: 2, tileSize: 8)
    (layout.batchSize, layout.batchesPerEpoch) = (4, 8)
    let data = try PreparedSequences(PreparedEvents(Self.events()), layout: layout)
    #expect(data.domain.isInside.count { $0 } == 40 * 40 - 24 * 24)
    #expect(data.remarks.contains { $0.name == "Grids" && $0.text.contains("40 × 40 pixels of 1 km") })
    let test = try #require(data.test)
    // 25 tiles over 40 × 40; each grid has ten of them. One event is tested, with nine windows.
    #expect(data.grid.tiles.count == 16 && test.samples.count == 9 * 10)
    let training = try (0..<8).flatMap { try data.training(seed: 1).batch(epoch: 0, index: $0).samples }
    for sample in test.samples + data.validation.samples + training {
      let frame = try data.source.frame(at: sample.window.lastInput).cropped(to: sample.tile)
      #expect(2 * frame.missingCount <= 64)
    }
    for index in 0..<data.validation.batchesPerEpoch {
      #expect(try data.validation.batch(index: index).targetMask.values.contains(1))
    }
  }

  @Test func sequencesOfOneGridShareTheirDomain() throws {
    let frames = try (0..<20).map { index in
      // The last column is measured in the first half only.
      try Frame(
        shape: FrameShape(height: 8, width: 16),
        values: (0..<128).map { Float(($0 + index) % 5) },
        isValid: (0..<128).map { $0 % 16 < 15 || index < 10 })
    }
    let events: [any FrameSource] = try [0..<10, 10..<20].map {
      try FrameArray(Array(frames[$0]), unit: .millimetresPerHour)
    }
    var layout = SequenceLayout(inputFrames: 2, forecastFrames: 2, tileSize: 4)
    layout.trainFraction = 1
    layout.rule = .event
    let data = try PreparedSequences(PreparedEvents(events), layout: layout)
    #expect(!data.remarks.contains { $0.name == "Grids" })
    let seen = try DomainMask(of: data.source, frames: data.split.trainingFrames)
    #expect(data.domain == seen)
  }
}
