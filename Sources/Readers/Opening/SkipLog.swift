import Synchronization

/// What was left out under ``DataOptions/skipBad``, and why. Frames that turn out damaged only when they are read
/// are added then.
public final class SkipLog: Sendable {
  private let entries = Mutex<[DataError]>([])

  public init() {}

  /// All reasons so far.
  public var reasons: [DataError] { entries.withLock { $0 } }
  public var count: Int { entries.withLock { $0.count } }

  func add(_ error: DataError) { entries.withLock { $0.append(error) } }
}
