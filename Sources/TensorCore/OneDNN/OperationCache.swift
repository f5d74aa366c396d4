import Synchronization

/// Ready operations by their description. Creating one compiles code for its shape, which takes longer than
/// running a small one.
///
/// Bounded: beyond the capacity the operations that were used longest ago go. Whoever still runs one keeps it.
enum OperationCache {
  /// A network uses some ten operations for each size of input it meets.
  static let capacity = 512

  private struct Entry {
    /// `nil` remembers that oneDNN has no such operation.
    let operation: Operation?
    var lastUse: UInt64
  }

  private struct State {
    var entries: [OperationKey: Entry] = [:]
    var uses: UInt64 = 0
  }

  private static let state = Mutex(State())

  /// The operation, from the cache or new; `nil` where oneDNN has none.
  static func operation(_ key: OperationKey) -> Operation? {
    let known = state.withLock { state -> Entry? in
      state.uses += 1
      state.entries[key]?.lastUse = state.uses
      return state.entries[key]
    }
    if let known { return known.operation }
    // Created outside the lock: it may take milliseconds. Two threads may create the same one; one stays.
    let created = Operation(key)
    state.withLock { state in
      state.entries[key] = Entry(operation: created, lastUse: state.uses)
      if state.entries.count > capacity { evict(&state) }
    }
    return created
  }

  /// Forgets the quarter that was used longest ago, so that the sorting is seldom.
  private static func evict(_ state: inout State) {
    let oldest = state.entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(capacity / 4)
    for (key, _) in oldest { state.entries[key] = nil }
  }

  /// How many operations are kept.
  static var count: Int { state.withLock { $0.entries.count } }

  /// Forgets all operations.
  static func removeAll() { state.withLock { $0.entries.removeAll() } }
}
