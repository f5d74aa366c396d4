import DataTestSupport
import Foundation
import Readers
import Testing

/// Frames of 1 km pixels, or others, with values and a mask that depend on the place alone.
private func field(
  height: Int, width: Int, pixel: (width: Double, height: Double) = (1, 1), missing: Bool = true
) throws -> FrameArray {
  var (values, mask): ([Float], [Bool]) = ([], [])
  for index in 0..<height * width {
    values.append(Float((index * 7919) % 101) / 7)
    mask.append(!missing || (index * 31) % 7 > 2)
  }
  return try FrameArray(
    [Frame(shape: FrameShape(height: height, width: width), values: values, isValid: mask)],
    unit: .millimetresPerHour,
    grid: GridMetadata(
      pixelWidth: pixel.width, pixelHeight: pixel.height,
      corners: [(0, 2), (3, 2), (3, 0), (0, 0)].map { .init(longitude: $0.0, latitude: $0.1) }))
}

@Suite struct ResamplingTests {
  /// Every pixel cut into 2 × 2, of which 5 × 5 make one of 2.5 km.
  @Test func meansOverAreasEqualPlainLoops() throws {
    let source = try field(height: 11, width: 15)
    let coarse = try ResampledSource(source, pixelSize: 2.5)
    #expect(coarse.shape == FrameShape(height: 4, width: 6))
    let (fine, frame) = try (source.frame(at: 0), coarse.frame(at: 0))
    var seen = Set<Bool>()
    for row in 0..<4 {
      for column in 0..<6 {
        var (sum, count) = (0.0, 0)
        for y in 0..<5 {
          for x in 0..<5 {
            let pixel = (row * 5 + y) / 2 * 15 + (column * 5 + x) / 2
            guard fine.isValid[pixel] else { continue }
            sum += Double(fine.values[pixel])
            count += 1
          }
        }
        let place = row * 6 + column
        #expect(frame.isValid[place] == (2 * count >= 25))
        seen.insert(frame.isValid[place])
        guard frame.isValid[place] else { continue }
        #expect(abs(Double(frame.values[place]) - sum / Double(count)) < 1e-5)
      }
    }
    #expect(seen.count == 2, "some valid, some not")
  }

  @Test func wholeFactorsAreThoseOfDownsampling() throws {
    for (size, factor) in [(2.0, 2), (3, 3), (2.003, 2), (1, 1)] {
      let source = try field(height: 11, width: 15)
      let resampled = try ResampledSource(source, pixelSize: size)
      let downsampled = try DownsampledSource(source, factor: factor)
      #expect(try resampled.frame(at: 0) == downsampled.frame(at: 0))
      #expect(resampled.grid == downsampled.grid)
    }
  }

  /// 1.5 km of pixels of 1 km: the first holds one whole, two halves and a quarter, 2.25 km² together.
  @Test func halfOfTheAreaMustBeValid() throws {
    func first(_ mask: [Bool]) throws -> (value: Float, isValid: Bool) {
      let source = try FrameArray(
        [Frame(shape: FrameShape(height: 3, width: 3), values: [1, 4, 9, 2, 8, 9, 9, 9, 9], isValid: mask)],
        unit: .millimetresPerHour, grid: GridMetadata(pixelWidth: 1, pixelHeight: 1))
      let frame = try ResampledSource(source, pixelSize: 1.5).frame(at: 0)
      #expect(frame.shape == FrameShape(height: 2, width: 2))
      return (frame.values[0], frame.isValid[0])
    }
    var mask = [Bool](repeating: true, count: 9)
    #expect(abs(try first(mask).value - (1 + 2 + 1 + 2) / 2.25) < 1e-6)
    (mask[1], mask[3]) = (false, false)
    #expect(abs(try first(mask).value - (1 + 2) / 1.25) < 1e-6)
    mask[4] = false
    #expect(try !first(mask).isValid)
    let square = try FrameArray(
      [
        Frame(
          shape: FrameShape(height: 2, width: 2), values: [1, 2, 3, 4], isValid: [false, true, true, false])
      ],
      unit: .millimetresPerHour, grid: GridMetadata(pixelWidth: 1))
    #expect(try ResampledSource(square, pixelSize: 2).frame(at: 0).values == [2.5])
  }

  @Test func rainIsConserved() throws {
    let source = try field(height: 10, width: 20, missing: false)
    let fine = try source.frame(at: 0).values.reduce(0) { $0 + Double($1) }
    for size in [2.5, 1.25, 5] {
      let sum = try ResampledSource(source, pixelSize: size).frame(at: 0).values.reduce(0) { $0 + Double($1) }
      #expect(abs(sum * size * size / fine - 1) < 1e-6)
    }
  }

  @Test func smallerPixelsAreBilinear() throws {
    let source = try FrameArray(
      [Frame(shape: FrameShape(height: 2, width: 2), values: [0, 4, 8, 20])], unit: .millimetresPerHour,
      grid: GridMetadata(pixelWidth: 2, pixelHeight: 2))
    let fine = try ResampledSource(source, pixelSize: 1)
    let frame = try fine.frame(at: 0)
    #expect(frame.shape == FrameShape(height: 4, width: 4) && fine.grid?.pixelWidth == 1)
    #expect(frame.values[0] == 0 && frame.values[3] == 4 && frame.values[15] == 20)
    // A quarter of the way from the first centre to the others: rows 1 and 6, 3/4 and 1/4.
    #expect(frame.values[1] == 1 && frame.values[4] == 2)
    #expect(abs(frame.values[5] - (0.75 * 1 + 0.25 * 11)) < 1e-6)
  }

  @Test func pixelsThatAreNotSquareBecomeSo() throws {
    let source = try field(height: 6, width: 6, pixel: (2, 1), missing: false)
    let square = try ResampledSource(source, pixelSize: 2)
    #expect(square.shape == FrameShape(height: 3, width: 6))
    let (fine, frame) = try (source.frame(at: 0), square.frame(at: 0))
    #expect(abs(frame.values[8] - (fine.values[14] + fine.values[20]) / 2) < 1e-5)
    #expect(square.grid?.pixelSize?.height == 2 && square.grid?.pixelSize?.width == 2)
  }

  @Test func cornersSpanWhatTheySpanned() throws {
    let source = try field(height: 11, width: 15)
    let grid = try #require(try ResampledSource(source, pixelSize: 2.5).grid)
    #expect(grid.corners == source.grid?.corners && grid.spannedRows == 4.4 && grid.spannedColumns == nil)
    let padded = try PaddedSource(ResampledSource(source, pixelSize: 2.5), height: 4, width: 8)
    #expect(padded.grid?.spannedRows == 4.4 && padded.grid?.spannedColumns == 6)
    let whole = try #require(try ResampledSource(field(height: 10, width: 15), pixelSize: 2.5).grid)
    #expect(whole.spannedRows == nil && whole.spannedColumns == nil && whole.pixelWidth == 2.5)
  }

  @Test func senselessSizesAreRefused() throws {
    let source = try field(height: 6, width: 8)
    for size in [0, -1, 7, .nan, .infinity, 1e-6] {
      #expect(dataError { try ResampledSource(source, pixelSize: size) }?.kind == .invalidOption)
    }
    let error = dataError {
      try ResampledSource(countingSource(frames: 1, height: 2, width: 2), pixelSize: 1)
    }
    #expect(error?.description.contains("size of their pixels") ?? false)
  }
}

@Suite struct PaddingTests {
  @Test func theEdgeIsMissing() throws {
    let source = try countingSource(frames: 2, height: 2, width: 3, channels: 2) { $0 == 1 && $1 == 0 }
    let padded = try PaddedSource(source, height: 4, width: 4)
    let frame = try padded.frame(at: 1)
    #expect(frame.shape == FrameShape(height: 4, width: 4, channels: 2))
    for row in 0..<4 {
      for column in 0..<4 {
        let place = (row * 4 + column) * 2
        let isThere = row < 2 && column < 3 && !(row == 1 && column == 0)
        #expect(frame.isValid[place] == isThere && frame.isValid[place + 1] == isThere)
        #expect(frame.values[place + 1] == (isThere ? Float(1000 + 10 * row + column) + 0.5 : 0))
      }
    }
    for tile in [
      Tile(row: 0, column: 0, height: 4, width: 4), Tile(row: 1, column: 2, size: 2),
      Tile(row: 2, column: 0, height: 2, width: 3), Tile(row: 0, column: 3, height: 4, width: 1),
      Tile(row: 0, column: 1, size: 2),
    ] {
      var (values, mask): ([Float], [Bool]) = ([], [])
      try padded.append(tile, ofFrame: 1, to: &values, &mask)
      let expected = try frame.cropped(to: tile)
      #expect(values == expected.values && mask == expected.isValid)
    }
    #expect(dataError { try PaddedSource(source, height: 1, width: 9) }?.kind == .wrongShape)
  }
}

@Suite struct ArchiveMatchingTests {
  private func archive(
    _ name: String, _ height: Int, _ width: Int, pixel: Double?, minutes: Double = 5,
    unit: PhysicalUnit = .millimetresPerHour
  ) throws -> (url: URL, events: [any FrameSource]) {
    let frames = try (0..<2).map {
      try Frame(
        shape: FrameShape(height: height, width: width), values: [Float](repeating: 1, count: height * width),
        time: Date(timeIntervalSince1970: Double($0) * minutes * 60))
    }
    let grid = pixel.map { GridMetadata(pixelWidth: $0, pixelHeight: $0) }
    return (URL(filePath: "/archives/\(name)"), [try FrameArray(frames, unit: unit, grid: grid)])
  }

  private func shapes(_ archives: (url: URL, events: [any FrameSource])...) throws -> [FrameShape] {
    try ArchiveMatching(archives).events.map(\.shape)
  }

  @Test func framesArePaddedWherePixelsAreAlike() throws {
    let matched = try ArchiveMatching([
      archive("a", 8, 6, pixel: 1), archive("b", 5, 9, pixel: 0.999),
    ]).events
    #expect(matched.map(\.shape) == [FrameShape(height: 8, width: 9), FrameShape(height: 8, width: 9)])
    #expect(try matched.map { try $0.frame(at: 0).missingCount } == [24, 27])
    #expect(matched.map { $0.grid?.pixelWidth } == [1, 0.999])
  }

  @Test func radarGoesToTwoKilometresAtLeastAndElseToTheLargest() throws {
    #expect(
      try shapes(archive("a", 8, 8, pixel: 0.5), archive("b", 8, 8, pixel: 1))
        == [FrameShape(height: 4, width: 4), FrameShape(height: 4, width: 4)])
    #expect(
      try shapes(archive("a", 8, 8, pixel: 1), archive("b", 8, 8, pixel: 4))
        == [FrameShape(height: 8, width: 8), FrameShape(height: 8, width: 8)])
    #expect(
      try shapes(
        archive("a", 8, 8, pixel: 0.5, unit: .dimensionless),
        archive("b", 3, 8, pixel: 1, unit: .dimensionless))
        == [FrameShape(height: 4, width: 8), FrameShape(height: 4, width: 8)])
  }

  @Test func archivesOfOneSizeStayAsTheyAre() throws {
    #expect(
      try shapes(archive("a", 8, 6, pixel: 1), archive("b", 8, 6, pixel: nil))
        == [FrameShape(height: 8, width: 6), FrameShape(height: 8, width: 6)])
  }

  @Test func whatCannotBeMatchedIsNamed() throws {
    func refused(_ archives: (url: URL, events: [any FrameSource])...) -> DataError? {
      dataError { try ArchiveMatching(archives) }
    }
    let a = try archive("a", 8, 6, pixel: 1)
    let slow = try refused(a, archive("slow", 8, 6, pixel: 1, minutes: 10))
    #expect(slow?.kind == .badValue)
    #expect(slow?.description.contains("/archives/slow") ?? false)
    #expect(slow?.description.contains("every 5 minutes as in a; found one every 10 minutes") ?? false)
    let other = try refused(a, archive("dark", 8, 6, pixel: 1, unit: .decibelsZ))
    #expect(other?.description.contains("/archives/dark") ?? false)
    #expect(other?.description.contains("8×6×1 in dBZ") ?? false)
    let lost = try refused(a, archive("lost", 8, 7, pixel: nil))
    #expect(lost?.kind == .wrongShape)
    #expect(lost?.description.contains("/archives/lost") ?? false)
    #expect(lost?.description.contains("unknown size") ?? false)
    #expect(try refused(archive("x", 8, 6, pixel: nil), archive("y", 8, 7, pixel: 1)) != nil)
    let three = try refused(a, archive("b", 8, 6, pixel: 2), archive("lost", 8, 6, pixel: nil))
    #expect(three?.description.contains("/archives/lost") ?? false)
  }
}
