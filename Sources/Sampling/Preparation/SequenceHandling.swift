import Readers
import Support

/// What is done to sequences before windows are cut from them.
public struct SequenceHandling: Equatable, Codable, Sendable {
  /// What happens where frames are missing or late.
  public var gaps: GapPolicy
  /// Where an event ends because it is dry; `nil` if dry spells are like any other time.
  public var dry: SegmentedSource.DrySpell?

  public init(gaps: GapPolicy = .drop, dry: SegmentedSource.DrySpell? = nil) {
    self.gaps = gaps
    self.dry = dry
  }
}

extension GapPolicy {
  /// A policy without its limit, as an option names it.
  public enum Name: String, CaseIterable, Sendable {
    case drop, `repeat`, interpolate, mask
  }

  /// - Parameters:
  ///   - name: What is put into a gap.
  ///   - longest: Up to so many places in a row.
  public init(_ name: Name, atMost longest: Int) {
    self =
      switch name {
      case .drop: .drop
      case .repeat: .repeatLast(atMost: longest)
      case .interpolate: .interpolate(atMost: longest)
      case .mask: .mask(atMost: longest)
      }
  }

  /// What is done, in words.
  public var summary: String {
    func places(_ count: Int) -> String { "in up to \(count) places in a row" }
    return switch self {
    case .drop: "windows over a gap are left out"
    case .repeatLast(let most): "the last frame again, \(places(most))"
    case .interpolate(let most): "interpolated in time, \(places(most))"
    case .mask(let most): "frames without a valid pixel, \(places(most))"
    }
  }
}

extension HandlingCounts {
  /// The counts in words, a line for each of the two; none where nothing was asked for.
  public func lines(_ handling: SequenceHandling) -> [(name: String, text: String)] {
    var lines: [(String, String)] = []
    if handling.gaps != .drop {
      lines.append(
        (
          "Gaps",
          "\(handling.gaps.summary): \(bridgedFrames) frames put in, \(openGaps) gaps left open, "
            + "\(framesOffTheClock) frames off the clock left out"
        ))
    }
    if let dry = handling.dry {
      let minutes = NumberText.plain(dry.minutes)
      lines.append(
        (
          "Dry spells",
          "of \(minutes) minutes or more (nothing above \(dry.threshold)) end an event: "
            + "\(wetEvents) events, \(dryFrames) dry frames in none"
        ))
    }
    return lines
  }
}
