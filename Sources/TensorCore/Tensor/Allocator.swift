import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Hands out 64-byte aligned memory and keeps what is given back, so that a training loop takes no new memory
/// from the system after its first step.
///
/// Requests are rounded up to size classes, four to each power of two, so at most a quarter is wasted.
public enum Allocator {
  /// What the allocator has done so far, in bytes and calls.
  public struct Statistics: Equatable, Sendable {
    /// Bytes held from the system now, in use or cached.
    public internal(set) var bytesFromSystem = 0
    /// Bytes in use by tensors now.
    public internal(set) var bytesInUse = 0
    /// The most bytes that were in use at once.
    public internal(set) var peakBytesInUse = 0
    /// How many times memory was asked from the system.
    public internal(set) var systemAllocations = 0
  }

  /// Raw memory carries no isolation; whoever takes a block from the free list owns it alone.
  private struct Block: @unchecked Sendable { let address: UnsafeMutableRawPointer }

  private struct State {
    var free: [Int: [Block]] = [:]
    var statistics = Statistics()
  }

  private static let state = Mutex(State())
  private static let hugePage = 2 << 20

  /// The current figures.
  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// Gives cached memory that no tensor uses back to the system.
  public static func releaseCached() {
    state.withLock { state in
      for (size, blocks) in state.free {
        for block in blocks { free(block.address) }
        state.statistics.bytesFromSystem -= size * blocks.count
      }
      state.free.removeAll()
    }
  }

  /// Forgets the peak, so that the next one can be measured.
  public static func resetPeak() {
    state.withLock { $0.statistics.peakBytesInUse = $0.statistics.bytesInUse }
  }

  static func sizeClass(_ bytes: Int) -> Int {
    guard bytes > 256 else { return max(64, (bytes + 63) / 64 * 64) }
    let power = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount)
    let quarter = power / 4
    return (bytes + quarter - 1) / quarter * quarter
  }

  static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let reused = state.withLock { state -> Block? in
      state.statistics.bytesInUse += size
      state.statistics.peakBytesInUse = max(state.statistics.peakBytesInUse, state.statistics.bytesInUse)
      if let block = state.free[size]?.popLast() { return block }
      state.statistics.bytesFromSystem += size
      state.statistics.systemAllocations += 1
      return nil
    }
    if let reused { return reused.address }
    var address: UnsafeMutableRawPointer?
    let isLarge = size >= 2 * hugePage
    // Out of memory is the one condition that no caller can handle here.
    require(
      posix_memalign(&address, isLarge ? hugePage : 64, size) == 0, "out of memory: \(size) bytes")
    #if canImport(Glibc)
      // Kernels that walk 64 places at once would otherwise miss the table of pages at every step.
      if isLarge { madvise(address!, size, MADV_HUGEPAGE) }
    #endif
    return address!
  }

  static func release(_ address: UnsafeMutableRawPointer, size: Int) {
    let block = Block(address: address)
    state.withLock { state in
      state.statistics.bytesInUse -= size
      state.free[size, default: []].append(block)
    }
  }
}
