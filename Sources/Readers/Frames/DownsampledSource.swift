import Foundation

/// Another source on a coarser grid: each pixel is the mean of the valid pixels of a square block.
///
/// A block counts as valid if at least half of its pixels are. Rows and columns at the lower and right edge
/// that do not fill a block are left out.
public struct DownsampledSource: FrameSource {
  private let base: any FrameSource
  /// How many pixels of the source make one here, along each side.
  public let factor: Int
  public let shape: FrameShape

  /// Coarsens a source by a whole number.
  ///
  /// - Throws: ``DataError`` if the factor is below 1 or larger than the frame.
  public init(_ base: any FrameSource, factor: Int) throws {
    let size = base.shape
    guard factor >= 1, factor <= min(size.height, size.width) else {
      throw DataError(
        .invalidOption, expected: "a factor from 1 to \(min(size.height, size.width)) for frames of \(size)",
        received: "\(factor)", remedy: "Choose how many pixels are averaged along each side.")
    }
    self.base = base
    self.factor = factor
    shape = FrameShape(height: size.height / factor, width: size.width / factor, channels: size.channels)
  }

  public var count: Int { base.count }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var events: [Range<Int>] { base.events }

  public var grid: GridMetadata? {
    base.grid?.scaled(rows: Double(factor), columns: Double(factor), from: base.shape, to: shape)
  }

  public func frame(at index: Int) throws -> Frame {
    let frame = try base.frame(at: index)
    return factor == 1 ? frame : try frame.blockMean(factor: factor)
  }
}

extension Frame {
  /// The mean over valid pixels of `factor`×`factor` blocks; see ``DownsampledSource``.
  func blockMean(factor: Int) throws -> Frame {
    let coarse = FrameShape(
      height: shape.height / factor, width: shape.width / factor, channels: shape.channels)
    var sums = [Float](repeating: 0, count: coarse.count)
    var counts = [Int32](repeating: 0, count: coarse.count)
    for row in 0..<coarse.height * factor {
      for column in 0..<coarse.width * factor {
        let to = (row / factor * coarse.width + column / factor) * coarse.channels
        let from = (row * shape.width + column) * shape.channels
        for channel in 0..<shape.channels where isValid[from + channel] {
          sums[to + channel] += values[from + channel]
          counts[to + channel] += 1
        }
      }
    }
    let needed = Int32((factor * factor + 1) / 2)
    var mask = [Bool](repeating: false, count: coarse.count)
    for index in sums.indices where counts[index] >= needed {
      sums[index] /= Float(counts[index])
      mask[index] = true
    }
    return try Frame(shape: coarse, values: sums, isValid: mask, time: time)
  }
}
