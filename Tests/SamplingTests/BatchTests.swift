import DataTestSupport
import Foundation
import Readers
import Sampling
import TensorCore
import Testing

@Suite struct BatchTests {
  private let normalizer: LogRainNormalizer

  init() throws { normalizer = try LogRainNormalizer(shift: 0, scale: 2, fillValue: -9) }

  private func builder(mask: Bool = false, channels: Int = 1) throws -> BatchBuilder {
    BatchBuilder(
      source: try countingSource(frames: 8, height: 5, width: 6, channels: channels) { $0 == 2 && $1 == 3 },
      normalizer: normalizer, addsMaskChannel: mask)
  }

  private func samples(_ builder: BatchBuilder, starts: [Int]) throws -> [Sample] {
    let windows = try WindowIndex(of: builder.source, inputFrames: 2, forecastFrames: 3)
    return starts.enumerated().map {
      Sample(
        window: windows.window(startingAt: $1), tile: Tile(row: 1 + $0, column: 2, height: 2, width: 3))
    }
  }

  @Test func axesAreBatchTimeHeightWidthChannels() throws {
    let builder = try builder(channels: 2)
    let samples = try samples(builder, starts: [0, 3])
    let batch = try builder.batch(samples)
    #expect(batch.input.shape == [2, 2, 2, 3, 2])
    #expect(batch.target.shape == [2, 3, 2, 3, 2])
    #expect(batch.targetMask.shape == batch.target.shape)
    #expect(batch.samples == samples)
    func value(_ tensor: Tensor, _ place: [Int]) -> Float {
      tensor.values[zip(tensor.shape.strides, place).reduce(0) { $0 + $1.0 * $1.1 }]
    }
    // Second sample: window from frame 3, tile from row 2; its last target is frame 7.
    #expect(value(batch.input, [1, 1, 1, 2, 1]) == normalizer.normalize(4034.5))
    #expect(value(batch.target, [1, 2, 1, 0, 0]) == normalizer.normalize(7032))
    // Pixel (2, 3) is missing.
    #expect(value(batch.input, [1, 0, 0, 1, 1]) == -9)
    #expect(value(batch.targetMask, [1, 0, 0, 1, 1]) == 0)
    #expect(value(batch.targetMask, [0, 0, 1, 1, 0]) == 0)
    #expect(batch.targetMask.values.reduce(0, +) == Float(2 * 3 * 6 * 2 - 2 * 3 * 2))
  }

  @Test func theMaskChannelSaysWhatIsValid() throws {
    let plain = try builder()
    let masked = try builder(mask: true)
    #expect(masked.inputChannels == 2)
    let samples = try samples(plain, starts: [1])
    let input = try masked.batch(samples).input
    #expect(input.shape == [1, 2, 2, 3, 2])
    #expect(
      stride(from: 0, to: 24, by: 2).map { input.values[$0] } == (try plain.batch(samples).input.values))
    #expect(
      stride(from: 1, to: 24, by: 2).map { input.values[$0] } == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1])
    #expect(try masked.batch(samples).target.shape == [1, 3, 2, 3, 1])
  }

  @Test func physicalBatchesAreTheDataThemselves() throws {
    let builder = try builder()
    let samples = try samples(builder, starts: [0])
    let batch = try builder.physicalBatch(samples)
    #expect(batch.input.values[0..<6] == [12, 13, 14, 22, 0, 24])
    #expect(batch.inputMask.values[0..<6] == [1, 1, 1, 1, 0, 1])
    #expect(batch.target.values[0..<3] == [2012, 2013, 2014])
    #expect(batch.targetMask.shape == [1, 3, 2, 3, 1])
    let back = builder.denormalized(try builder.batch(samples).target)
    for (a, b) in zip(back.values, batch.target.values) { #expect(abs(a - b) <= 2e-5 * max(1, b)) }
  }

  @Test func samplesOfDifferentSizesAreRefused() throws {
    let builder = try builder()
    let samples = try samples(builder, starts: [0])
    let other = Sample(window: samples[0].window, tile: Tile(row: 0, column: 0, size: 3))
    #expect(dataError { try builder.batch(samples + [other]) }?.kind == .wrongShape)
    #expect(dataError { try builder.batch([]) }?.kind == .invalidOption)
    let outside = Sample(window: samples[0].window, tile: Tile(row: 4, column: 0, size: 3))
    #expect(dataError { try builder.batch([outside]) }?.kind == .noTile)
  }

  @Test func everyWindowOnEveryTileOnce() throws {
    let builder = try builder()
    let windows = try WindowIndex(of: builder.source, inputFrames: 2, forecastFrames: 3)
    let tiles = [Tile(row: 0, column: 0, size: 2), Tile(row: 3, column: 4, size: 2)]
    let all = try AllTileBatches(builder: builder, windows: windows, tiles: tiles, batchSize: 3)
    #expect(all.batchesPerEpoch == 3)
    let batches = try (0..<3).map { try all.batch(index: $0) }
    #expect(batches.map(\.count) == [3, 3, 2])
    #expect(Set(batches.flatMap(\.samples)).count == 8)
    #expect(try all.physicalBatch(index: 2).samples == batches[2].samples)
    #expect(dataError { try all.batch(index: 3) }?.kind == .invalidOption)
    #expect(
      dataError { try AllTileBatches(builder: builder, windows: windows, tiles: [], batchSize: 3) }?.kind
        == .invalidOption)
  }

  @Test func channelsRideAlong() throws {
    let field = try countingSource(frames: 6, height: 4, width: 6)
    let second = try countingSource(frames: 6, height: 4, width: 6, channels: 2, unit: .dimensionless)
    let ground = try countingSource(frames: 1, height: 4, width: 6, unit: .dimensionless)
    let plain = try FieldNormalizer(shift: 0, scale: 1)
    let double = try FieldNormalizer(shift: 0, scale: 0.5)
    let builder = try BatchBuilder(
      source: field, normalizer: plain, addsMaskChannel: true,
      auxiliary: [
        AuxiliaryChannels(second, normalizer: double), AuxiliaryChannels(ground, normalizer: plain),
      ])
    #expect(builder.inputChannels == 5)
    let sample = Sample(
      window: Window(input: 2..<4, target: 4..<5), tile: Tile(row: 1, column: 2, height: 2, width: 3))
    let batch = try builder.batch([sample])
    #expect(batch.input.shape == [1, 2, 2, 3, 5])
    #expect(batch.target.shape == [1, 1, 2, 3, 1])
    // Frame 2, row 1, column 2: the field, two channels of the second doubled, the ground, the mask.
    #expect(batch.input.values[..<5] == [2012, 4024, 4025, 12, 1])
    // Frame 3: the ground stays what it is.
    #expect(batch.input.values[30..<35] == [3012, 6024, 6025, 12, 1])
    let short = try countingSource(frames: 5, height: 4, width: 6)
    let small = try countingSource(frames: 6, height: 4, width: 5)
    for other in [short, small] {
      #expect(
        dataError {
          try BatchBuilder(
            source: field, normalizer: plain, auxiliary: [AuxiliaryChannels(other, normalizer: plain)])
        }?.kind == .wrongShape)
    }
  }

  @Test func randomBatchesRepeat() throws {
    let builder = try builder()
    let windows = try WindowIndex(of: builder.source, inputFrames: 2, forecastFrames: 3)
    func batches() throws -> RandomTileBatches {
      try RandomTileBatches(
        builder: builder, windows: windows, sampler: TileSampler(size: 3, seed: 4), batchSize: 4,
        batchesPerEpoch: 2)
    }
    let first = try batches().batch(epoch: 1, index: 1)
    let again = try batches().batch(epoch: 1, index: 1)
    #expect(first.samples == again.samples)
    #expect(first.input == again.input)
    #expect(try batches().batch(epoch: 1, index: 0).samples != first.samples)
    #expect(
      dataError {
        try RandomTileBatches(
          builder: builder, windows: windows, sampler: TileSampler(size: 3, seed: 4), batchSize: 0,
          batchesPerEpoch: 2)
      }?.kind == .invalidOption)
  }
}
