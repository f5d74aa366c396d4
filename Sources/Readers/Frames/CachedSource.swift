import Foundation
import Synchronization

/// Another source whose most recently used frames stay in memory, up to a stated number of bytes.
public final class CachedSource: FrameSource {
  private struct Entry {
    let frame: Frame
    var lastUse: UInt64
  }

  private struct State {
    var entries: [Int: Entry] = [:]
    var clock: UInt64 = 0
    var reads = 0
  }

  private let base: any FrameSource
  private let state = Mutex(State())
  /// The most frames held at once; at least one.
  public let capacity: Int

  /// Puts a cache in front of a source.
  ///
  /// A frame takes 5 bytes a value (the value and its mask), so the default of 512 MiB holds 200 frames of
  /// 765×700.
  public init(_ base: any FrameSource, maximumBytes: Int = 512 << 20) {
    self.base = base
    capacity = max(1, maximumBytes / (base.shape.count * 5))
  }

  public var count: Int { base.count }
  public var shape: FrameShape { base.shape }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var events: [Range<Int>] { base.events }
  public var grid: GridMetadata? { base.grid }

  /// How many frames are in memory now.
  public var heldFrames: Int { state.withLock { $0.entries.count } }

  /// How many frames were read from the source behind so far.
  public var reads: Int { state.withLock { $0.reads } }

  /// From the frame; where not all of them fit and parts are cheap to read, as from a mapped file, the part alone.
  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    if capacity < base.count, base.readsParts {
      try base.append(tile, ofFrame: index, to: &values, &isValid)
    } else {
      try frame(at: index).append(tile, to: &values, &isValid)
    }
  }

  public func frame(at index: Int) throws -> Frame {
    let held = state.withLock { state -> Frame? in
      state.clock += 1
      state.entries[index]?.lastUse = state.clock
      return state.entries[index]?.frame
    }
    if let held { return held }
    // Not under the lock: two threads may read the same frame twice, but nobody waits for a file.
    let frame = try base.frame(at: index)
    state.withLock { state in
      state.reads += 1
      while state.entries.count >= capacity, state.entries[index] == nil,
        let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.entries[oldest.key] = nil
      }
      state.entries[index] = Entry(frame: frame, lastUse: state.clock)
    }
    return frame
  }
}
