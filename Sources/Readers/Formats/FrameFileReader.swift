import Foundation

/// A format that keeps one frame a file. ``FrameFolder`` makes a sequence of such files.
public protocol FrameFileReader: Sendable {
  /// Endings of file names, lower case and without the dot.
  var fileExtensions: [String] { get }

  /// Reads what a file says about its frame, without the values.
  ///
  /// - Throws: ``DataError`` if the file is not of this format or damaged.
  func header(of file: URL) throws -> FrameFileHeader

  /// Reads the frame.
  ///
  /// - Throws: ``DataError`` if the file is not of this format or damaged.
  func frame(in file: URL) throws -> Frame
}

/// What a file says about its frame.
public struct FrameFileHeader: Equatable, Sendable {
  public var shape: FrameShape
  public var time: Date
  /// The interval that the frame covers in minutes, where the file says so.
  public var interval: Double?
  public var unit: PhysicalUnit
  public var grid: GridMetadata?

  public init(
    shape: FrameShape, time: Date, interval: Double? = nil, unit: PhysicalUnit, grid: GridMetadata? = nil
  ) {
    self.shape = shape
    self.time = time
    self.interval = interval
    self.unit = unit
    self.grid = grid
  }
}
