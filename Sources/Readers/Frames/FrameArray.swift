import Foundation

/// Frames that are in memory already.
public struct FrameArray: FrameSource {
  public let frames: [Frame]
  public let shape: FrameShape
  public let timestamps: [Date]?
  public let nominalStep: Double?
  public let unit: PhysicalUnit
  public let grid: GridMetadata?

  /// A sequence from its frames. If every frame has a time they are sorted by it.
  ///
  /// - Throws: ``DataError`` if there is no frame, or shapes differ, or a time occurs twice.
  public init(_ frames: [Frame], unit: PhysicalUnit, grid: GridMetadata? = nil) throws {
    guard let shape = frames.first?.shape else {
      throw DataError(
        .noFrames, expected: "at least one frame", received: "none", remedy: "Pass the frames in order.")
    }
    if let other = frames.first(where: { $0.shape != shape }) {
      throw DataError(
        .wrongShape, expected: "frames of \(shape) like the first", received: "one of \(other.shape)",
        remedy: "Make one sequence per size.")
    }
    let times = frames.compactMap(\.time)
    if times.count == frames.count {
      let order = frames.indices.sorted { times[$0] < times[$1] }
      self.frames = order.map { frames[$0] }
      let sorted = order.map { times[$0] }
      if let (time, _) = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 }) {
        throw DataError(
          .duplicateTime, expected: "each time once", received: "\(time) twice",
          remedy: "Leave out one of the two frames.")
      }
      timestamps = sorted
      nominalStep = medianStep(of: sorted)
    } else {
      self.frames = frames
      timestamps = nil
      nominalStep = nil
    }
    self.shape = shape
    self.unit = unit
    self.grid = grid
  }

  public var count: Int { frames.count }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    return frames[index]
  }
}
