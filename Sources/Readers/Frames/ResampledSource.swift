import Foundation
import Support

/// Another source on square pixels of another size in kilometres.
///
/// Larger pixels are means over the valid part of the area that they cover, smaller ones are bilinear between the centres
/// of the source's. A pixel counts as valid if at least half of its area is. The first pixel keeps its corner in the
/// north-west; what fills no pixel at the lower and right edge is left out. A factor within a hundredth of a whole number
/// counts as that number, and gives what ``DownsampledSource`` gives.
public struct ResampledSource: FrameSource {
  private let base: any FrameSource
  /// How many rows and columns of the source make one here.
  public let rowFactor: Double
  public let columnFactor: Double
  public let shape: FrameShape

  /// Resamples a source.
  ///
  /// - Parameters:
  ///   - base: A source whose grid says how large a pixel is.
  ///   - pixelSize: Kilometres of a pixel, along both axes.
  /// - Throws: ``DataError`` if the size of the source's pixels is unknown, or the new one is not positive, larger than the
  ///   frame, or makes frames beyond any reason.
  public init(_ base: any FrameSource, pixelSize: Double) throws {
    try self.init(base, pixelWidth: pixelSize, pixelHeight: pixelSize)
  }

  /// Resamples a source to pixels that need not be square.
  ///
  /// - Throws: As ``init(_:pixelSize:)``.
  package init(_ base: any FrameSource, pixelWidth: Double, pixelHeight: Double) throws {
    guard let own = base.grid?.pixelSize else {
      throw DataError(
        .badValue,
        expected: "data that state the size of their pixels, to bring them to \(text(pixelWidth)) km",
        received: "none", remedy: "Use data with a grid, or choose the number of pixels with --size.")
    }
    let shape = base.shape
    let (rows, columns) = (Self.factor(pixelHeight / own.height), Self.factor(pixelWidth / own.width))
    let (height, width) = (Double(shape.height) / rows, Double(shape.width) / columns)
    guard pixelWidth > 0, pixelHeight > 0, pixelWidth.isFinite, pixelHeight.isFinite, height >= 1, width >= 1,
      height * width <= 1e8
    else {
      throw DataError(
        .invalidOption,
        expected: "a pixel size above 0 and up to the frame's \(text(own.height * Double(shape.height))) × "
          + "\(text(own.width * Double(shape.width))) km",
        received: "\(text(pixelWidth)) km", remedy: "Choose how many kilometres a pixel shall have.")
    }
    self.base = base
    (rowFactor, columnFactor) = (rows, columns)
    self.shape = FrameShape(
      height: Int(height + 1e-6), width: Int(width + 1e-6), channels: shape.channels)
  }

  /// A whole number where it is as good as one.
  package static func factor(_ factor: Double) -> Double {
    let whole = factor.rounded()
    return whole >= 1 && abs(factor - whole) <= 0.01 ? whole : factor
  }

  public var count: Int { base.count }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var events: [Range<Int>] { base.events }
  public var grid: GridMetadata? {
    base.grid?.scaled(rows: rowFactor, columns: columnFactor, from: base.shape, to: shape)
  }

  public func frame(at index: Int) throws -> Frame {
    let frame = try base.frame(at: index)
    guard rowFactor == columnFactor, rowFactor == rowFactor.rounded() else {
      return try frame.resized(
        height: shape.height, width: shape.width, rowScale: rowFactor, columnScale: columnFactor)
    }
    return rowFactor == 1 ? frame : try frame.blockMean(factor: Int(rowFactor))
  }
}

/// A number of kilometres without needless digits.
private func text(_ kilometres: Double) -> String { NumberText.plain(kilometres, digits: 4) }
