import DataTestSupport
import Foundation
import Readers
import Testing

@Suite struct FrameTests {
  let shape = FrameShape(height: 2, width: 3)

  @Test func missingValuesAreZeroAndNeverNaN() throws {
    let frame = try Frame(
      shape: shape, values: [1, .nan, 3, .infinity, 5, 6], isValid: [true, true, false, true, true, true])
    #expect(frame.values == [1, 0, 0, 0, 5, 6])
    #expect(frame.isValid == [true, false, false, false, true, true])
    #expect(frame.missingCount == 3)
  }

  @Test func wrongNumbersAreRefused() {
    #expect(dataError { try Frame(shape: shape, values: [1, 2]) }?.kind == .wrongShape)
    #expect(
      dataError { try Frame(shape: shape, values: [1, 2, 3, 4, 5, 6], isValid: [true]) }?.kind == .wrongShape)
    #expect(
      dataError { try Frame(shape: FrameShape(height: 0, width: 3), values: []) }?.kind == .wrongShape)
  }

  @Test func aTileIsCutRowByRow() throws {
    let source = try countingSource(frames: 1, height: 4, width: 5, channels: 2) { $0 == 2 && $1 == 3 }
    let cut = try source.frame(at: 0).cropped(to: Tile(row: 1, column: 2, height: 2, width: 3))
    #expect(cut.shape == FrameShape(height: 2, width: 3, channels: 2))
    #expect(cut.values == [12, 12.5, 13, 13.5, 14, 14.5, 22, 22.5, 0, 0, 24, 24.5])
    #expect(cut.missingCount == 2)
    for tile in [
      Tile(row: 3, column: 0, size: 2), Tile(row: -1, column: 0, size: 2), Tile(row: 0, column: 0, size: 0),
      Tile(row: 0, column: .max, size: 2), Tile(row: 1, column: 1, height: .max, width: 1),
    ] {
      #expect(dataError { try source.frame(at: 0).cropped(to: tile) }?.kind == .noTile)
    }
  }

  @Test func coarseningAveragesValidPixelsOnly() throws {
    let source = try FrameArray(
      [
        Frame(
          shape: FrameShape(height: 3, width: 4), values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9],
          isValid: [true, true, false, false, true, true, false, true] + [Bool](repeating: true, count: 4))
      ], unit: .millimetresPerHour, grid: GridMetadata(pixelWidth: 1, pixelHeight: 2))
    let coarse = try DownsampledSource(source, factor: 2)
    // The last row fills no block. The second block has one valid pixel of four: missing.
    #expect(coarse.shape == FrameShape(height: 1, width: 2))
    #expect(try coarse.frame(at: 0).values == [3.5, 0])
    #expect(try coarse.frame(at: 0).isValid == [true, false])
    #expect(coarse.grid?.pixelWidth == 2)
    #expect(coarse.grid?.pixelHeight == 4)
    #expect(dataError { try DownsampledSource(source, factor: 4) }?.kind == .invalidOption)
    #expect(try DownsampledSource(source, factor: 1).frame(at: 0) == source.frame(at: 0))
  }

  @Test func halfValidBlocksCount() throws {
    let frame = try Frame(
      shape: FrameShape(height: 2, width: 2), values: [1, 2, 3, 4], isValid: [false, true, true, false])
    let coarse = try DownsampledSource(FrameArray([frame], unit: .brightness), factor: 2)
    #expect(try coarse.frame(at: 0).values == [2.5])
  }

  @Test func framesInMemoryAreSortedAndUnique() throws {
    let times = [20.0, 10, 30].map { Date(timeIntervalSince1970: $0 * 60) }
    let frames = try times.map {
      try Frame(shape: shape, values: [Float](repeating: Float($0.timeIntervalSince1970), count: 6), time: $0)
    }
    let source = try FrameArray(frames, unit: .brightness)
    #expect(source.timestamps == times.sorted())
    #expect(source.nominalStep == 10)
    #expect(try source.frame(at: 0).values[0] == 600)
    #expect(dataError { try FrameArray(frames + [frames[1]], unit: .brightness) }?.kind == .duplicateTime)
    #expect(dataError { try FrameArray([], unit: .brightness) }?.kind == .noFrames)
    #expect(dataError { try source.frame(at: 3) }?.kind == .tooFewFrames)
    #expect(dataError { try source.frame(at: -1) }?.kind == .tooFewFrames)
  }

  @Test func theCacheHoldsTheLatestFramesAndNoMore() throws {
    let source = try countingSource(frames: 5, height: 2, width: 3)
    let cache = CachedSource(source, maximumBytes: 2 * 6 * 5)
    #expect(cache.capacity == 2)
    for index in [0, 1, 0, 2, 0, 1] {
      #expect(try cache.frame(at: index) == source.frame(at: index))
    }
    // 0 and 1 are read; 0 is held; 2 pushes out 1; 0 is held; 1 is read again.
    #expect(cache.reads == 4)
    #expect(CachedSource(source, maximumBytes: 1).capacity == 1)
  }
}
