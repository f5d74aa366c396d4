import Foundation
import SequenceData

/// Some frames of a sequence, as a sequence.
struct FramePart: FrameSource {
  private let base: any FrameSource
  private let frames: [Int]

  init(_ base: any FrameSource, frames: [Int]) {
    self.base = base
    self.frames = frames
  }

  var count: Int { frames.count }
  var shape: FrameShape { base.shape }
  var timestamps: [Date]? { base.timestamps.map { times in frames.map { times[$0] } } }
  var nominalStep: Double? { base.nominalStep }
  var unit: PhysicalUnit { base.unit }
  var grid: GridMetadata? { base.grid }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    return try base.frame(at: frames[index])
  }
}
