import Foundation
import Readers
import Verification

/// Takes from data what the interaction index is measured on: stretches of sequences on a coarse grid.
///
/// Frames of up to four times ``largestSide`` are averaged until they fit; of larger ones, such as a radar's
/// domain, tiles of that side are taken from four times as many averaged pixels, so that motion stays visible.
package struct InteractionSampling: Sendable {
  /// No side of what is measured is longer than this, in pixels.
  package var largestSide = 48
  /// Long sequences are cut into stretches of about so many frames.
  package var stretch = 24
  /// At most so many stretches, spread evenly over the data.
  package var mostStretches = 60
  /// The largest number of frames of a tile altogether; `nil` for no limit.
  package var mostFrames: Int?

  package init() {}

  /// A tile of a stretch, and the block that the bootstrap draws it with: its sequence, or itself where there is but
  /// one sequence.
  package struct Sample {
    package let block: String
    /// Which stretch it is of; tiles share it.
    package let stretch: Int
    package let field: SpaceTimeField
  }

  /// What has been taken.
  package struct Samples {
    package let samples: [Sample]
    /// How many sequences the data have.
    package let sequences: Int
    /// How many pixels of the data are one of the grid, along each side.
    package let factor: Int
    /// Whether rain was taken as log(1 + R).
    package let isLogarithmic: Bool
  }

  /// - Throws: `DataError` when the data cannot be read, or have no two frames in a row.
  package func samples(of sources: [any FrameSource]) throws -> Samples {
    let stretches = sources.enumerated().flatMap { number, source in
      Self.stretches(of: source, length: stretch).map { (number: number, source: source, range: $0) }
    }
    guard let first = stretches.first?.source else {
      throw DataError(
        .tooFewFrames, expected: "at least one sequence with two frames in a row",
        received: "\(sources.count) sequences without", remedy: "Check that the frames have the right order.")
    }
    let side = max(first.shape.height, first.shape.width)
    let isTiled = side > 4 * largestSide
    let largest = isTiled ? 4 * largestSide : largestSide
    let factor = (side + largest - 1) / largest
    let count = min(isTiled ? max(1, mostStretches / 15) : mostStretches, stretches.count)
    let chosen = fitting(stretches, count: count, tiles: isTiled ? 16 : 1)
    let isSingle = Set(chosen.map(\.number)).count == 1
    let isLogarithmic = first.unit == .millimetresPerHour
    let samples = try chosen.enumerated().flatMap { index, item in
      let coarse = try DownsampledSource(
        item.source, factor: min(factor, item.source.shape.height, item.source.shape.width))
      let block = isSingle ? "stretch \(index)" : "sequence \(item.number)"
      return try fields(coarse, item.range, isLogarithmic).map {
        Sample(block: block, stretch: index, field: $0)
      }
    }
    return Samples(
      samples: samples, sequences: sources.count, factor: factor, isLogarithmic: isLogarithmic)
  }

  /// `count` stretches, spread evenly over the data, or fewer where they would exceed ``mostFrames``.
  private func fitting<Stretch>(
    _ stretches: [(number: Int, source: Stretch, range: Range<Int>)], count: Int, tiles: Int
  ) -> [(number: Int, source: Stretch, range: Range<Int>)] {
    var count = count
    if let mostFrames {
      let mean = Double(stretches.reduce(0) { $0 + $1.range.count }) / Double(stretches.count)
      count = min(count, max(1, Int(Double(mostFrames / tiles) / mean)))
    }
    return (0..<count).map { stretches[$0 * stretches.count / count] }
  }

  /// Parts of about `length` frames without a gap in time.
  static func stretches(of source: any FrameSource, length: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in 1..<max(source.count, 1) {
      guard let times = source.timestamps, let step = source.nominalStep else { break }
      let gap = times[index].timeIntervalSince(times[index - 1]) / 60
      if abs(gap - step) > 0.1 * step {
        runs.append(start..<index)
        start = index
      }
    }
    runs.append(start..<source.count)
    return runs.filter { $0.count > 1 }.flatMap { run -> [Range<Int>] in
      let parts = max(1, run.count / length)
      return (0..<parts).map { part in
        run.lowerBound + part * run.count / parts..<run.lowerBound + (part + 1) * run.count / parts
      }
    }
  }

  /// The tiles of a stretch, channels averaged. Tiles that are mostly missing are left out.
  private func fields(
    _ source: some FrameSource, _ range: Range<Int>, _ isLogarithmic: Bool
  ) throws -> [SpaceTimeField] {
    let (height, width, channels) = (source.shape.height, source.shape.width, source.shape.channels)
    let (tall, wide) = (min(height, largestSide), min(width, largestSide))
    let corners = (0..<max(1, height / tall)).flatMap { row in
      (0..<max(1, width / wide)).map { column in (row: row * tall, column: column * wide) }
    }
    var values = [[Float]](repeating: [], count: corners.count)
    var masks = [[Bool]](repeating: [], count: corners.count)
    for index in range {
      let frame = try source.frame(at: index)
      for (tile, corner) in corners.enumerated() {
        for row in corner.row..<corner.row + tall {
          for column in corner.column..<corner.column + wide {
            let place = (row * width + column) * channels
            var (sum, isValid) = (Float(0), true)
            for channel in 0..<channels {
              sum += frame.values[place + channel]
              isValid = isValid && frame.isValid[place + channel]
            }
            let mean = sum / Float(channels)
            values[tile].append(isLogarithmic ? log1p(max(mean, 0)) : mean)
            masks[tile].append(isValid)
          }
        }
      }
    }
    return try corners.indices.compactMap { tile in
      guard masks[tile].count(where: { $0 }) * 2 >= masks[tile].count else { return nil }
      return try SpaceTimeField(
        frames: range.count, height: tall, width: wide, values: values[tile], isValid: masks[tile])
    }
  }
}
