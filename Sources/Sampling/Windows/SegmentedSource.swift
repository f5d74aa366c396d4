import Foundation
import Readers

/// Another sequence cut into events: where frames are missing for longer than a window, and, as an option, where the
/// field stays dry for a stated time. Dry spells belong to no event.
public struct SegmentedSource: FrameSource {
  /// When a field counts as dry.
  public struct DrySpell: Equatable, Codable, Sendable {
    /// An event ends where the field is dry for at least so many minutes.
    public var minutes: Double
    /// A pixel is wet above this, in the unit of the source.
    public var threshold: Float
    /// A frame is dry if at most this share of its valid pixels is wet.
    public var wetShare: Double

    public init(minutes: Double, threshold: Float = 0.1, wetShare: Double = 0.001) {
      self.minutes = minutes
      self.threshold = threshold
      self.wetShare = wetShare
    }
  }

  private let base: any FrameSource
  public let events: [Range<Int>]
  /// How many frames belong to no event because the field is dry.
  public let dryFrames: Int

  /// Cuts a sequence. With `dry` every frame is read once.
  ///
  /// - Parameters:
  ///   - base: Where the data come from.
  ///   - maximumGap: An event goes on over a gap of up to so many missing frames, the length of a window for
  ///     example. Windows over the gap are left out all the same unless a ``BridgedSource`` fills it.
  ///   - dry: The value that counts as dry.
  /// - Throws: `DataError` if an option makes no sense or nothing remains; whatever reading throws.
  public init(_ base: any FrameSource, maximumGap: Int, dry: DrySpell? = nil) throws {
    guard maximumGap >= 0, dry.map({ $0.minutes > 0 && (0..<1).contains($0.wetShare) }) ?? true else {
      throw DataError(
        .invalidOption,
        expected: "gaps of 0 frames or more, dry spells of more than 0 minutes and a share of "
          + "wet pixels below 1", received: "\(maximumGap) frames, \(dry.map { "\($0)" } ?? "no dry spells")",
        remedy: "Choose such numbers.")
    }
    self.base = base
    let pieces = base.events.flatMap { Self.pieces(of: $0, in: base, maximumGap: maximumGap) }
    guard let dry else {
      events = pieces
      dryFrames = 0
      return
    }
    let length = max(1, Int((dry.minutes / (base.nominalStep ?? 1)).rounded(.up)))
    let wet = try pieces.flatMap { piece in
      Self.wetRanges(try piece.map { try base.frame(at: $0).isDry(by: dry) }, dryLength: length).map {
        $0.lowerBound + piece.lowerBound..<$0.upperBound + piece.lowerBound
      }
    }
    guard !wet.isEmpty else {
      throw DataError(
        .badValue, expected: "a frame with more than \(dry.wetShare) of its pixels above \(dry.threshold)",
        received: "only dry ones", remedy: "Lower the threshold, or take a period with rain.")
    }
    events = wet
    dryFrames = pieces.reduce(0) { $0 + $1.count } - wet.reduce(0) { $0 + $1.count }
  }

  /// A sequence without an event.
  init(dryThroughout base: any FrameSource) {
    self.base = base
    events = []
    dryFrames = base.events.reduce(0) { $0 + $1.count }
  }

  public var count: Int { base.count }
  public var shape: FrameShape { base.shape }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var grid: GridMetadata? { base.grid }
  public var readsParts: Bool { base.readsParts }
  public func frame(at index: Int) throws -> Frame { try base.frame(at: index) }

  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    try base.append(tile, ofFrame: index, to: &values, &isValid)
  }

  private static func pieces(
    of event: Range<Int>, in source: any FrameSource, maximumGap: Int
  ) -> [Range<Int>] {
    guard let times = source.timestamps, let step = source.nominalStep, step > 0 else { return [event] }
    var pieces: [Range<Int>] = []
    var start = event.lowerBound
    for index in event.dropFirst() {
      let missing = times[index].timeIntervalSince(times[index - 1]) / 60 / step - 1
      if missing > Double(maximumGap) + 0.1 {
        pieces.append(start..<index)
        start = index
      }
    }
    return event.isEmpty ? [] : pieces + [start..<event.upperBound]
  }

  /// What remains between runs of at least `dryLength` dry frames, without dry frames at the ends.
  static func wetRanges(_ isDry: [Bool], dryLength: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for index in isDry.indices where !isDry[index] {
      if let last = ranges.last, index - last.upperBound < dryLength {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
      } else {
        ranges.append(index..<index + 1)
      }
    }
    return ranges
  }
}

extension Frame {
  /// Whether at most a stated share of the valid values exceeds the threshold. A frame without a valid one is not
  /// known to be dry.
  func isDry(by dry: SegmentedSource.DrySpell) -> Bool {
    let counts = counts(in: Tile(covering: shape), above: dry.threshold)
    return counts.valid > 0 && Double(counts.wet) <= dry.wetShare * Double(counts.valid)
  }
}
