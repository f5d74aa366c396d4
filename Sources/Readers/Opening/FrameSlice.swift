import Foundation

/// A stretch of another source's frames.
struct FrameSlice: FrameSource {
  let base: any FrameSource
  let range: Range<Int>

  var count: Int { range.count }
  var shape: FrameShape { base.shape }
  var timestamps: [Date]? { base.timestamps.map { Array($0[range]) } }
  var nominalStep: Double? { base.nominalStep }
  var unit: PhysicalUnit { base.unit }
  var grid: GridMetadata? { base.grid }

  func frame(at index: Int) throws -> Frame {
    try check(index: index)
    return try base.frame(at: range.lowerBound + index)
  }

  /// The stretches between breaks in time longer than `gap` minutes; the source itself if there is none.
  static func events(of base: any FrameSource, gap: Double) -> [any FrameSource] {
    guard let times = base.timestamps, times.count > 1 else { return [base] }
    var (events, start) = ([any FrameSource](), 0)
    for index in 1..<times.count where times[index].timeIntervalSince(times[index - 1]) > gap * 60 {
      events.append(FrameSlice(base: base, range: start..<index))
      start = index
    }
    guard start > 0 else { return [base] }
    return events + [FrameSlice(base: base, range: start..<times.count)]
  }
}
