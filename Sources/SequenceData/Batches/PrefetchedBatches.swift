import Dispatch
import Synchronization

/// Another source of batches that reads ahead: while a step computes, the next batches are made in the background.
///
/// At most ``depth`` batches are held or being made. Batches are asked for in order; whoever jumps (to resume in the
/// middle of an epoch, say) gets the right batch and a new start from there. An error belongs to the batch in which
/// it happened and is thrown when that one is asked for.
public final class PrefetchedBatches<Base: BatchSource>: BatchSource {
  public let base: Base
  public let depth: Int
  private let queues: [DispatchQueue]
  private let state = Mutex(State())

  private struct Key: Hashable {
    var epoch: Int
    var index: Int
  }

  private struct State {
    var jobs: [Key: Job] = [:]
    var started = 0
    var hits = 0
  }

  /// One batch in the making.
  private final class Job: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<SequenceBatch, any Error>?>(nil)
    private let isDropped = Mutex(false)

    func run(_ make: () throws -> SequenceBatch) {
      if !isDropped.withLock({ $0 }) {
        let made = Result { try make() }
        result.withLock { $0 = made }
      }
      done.signal()
    }

    func drop() { isDropped.withLock { $0 = true } }

    /// Waits for the batch; `nil` if the job was dropped before it began.
    func wait() -> Result<SequenceBatch, any Error>? {
      done.wait()
      done.signal()
      return result.withLock { $0 }
    }
  }

  /// - Parameters:
  ///   - base: Where the data come from.
  ///   - depth: How many batches are made ahead.
  ///   - workers: How many threads make them. One keeps up with most models on local disks.
  /// - Throws: ``DataError`` if a number is not positive.
  public init(_ base: Base, depth: Int = 2, workers: Int = 1) throws {
    guard (1...1024).contains(depth), (1...64).contains(workers) else {
      throw DataError(
        .invalidOption, expected: "1 to 1024 batches ahead and 1 to 64 threads",
        received: "\(depth) batches, \(workers) threads", remedy: "Choose for example 2 and 1.")
    }
    self.base = base
    self.depth = depth
    queues = (0..<workers).map { DispatchQueue(label: "squall.prefetch.\($0)", qos: .utility) }
  }

  deinit { state.withLock { $0.jobs.values.forEach { $0.drop() } } }

  public var batchesPerEpoch: Int { base.batchesPerEpoch }

  /// How many batches were under way already when they were asked for.
  public var hits: Int { state.withLock { $0.hits } }

  public func batch(epoch: Int, index: Int) throws -> SequenceBatch {
    let key = Key(epoch: epoch, index: index)
    let job = state.withLock { state -> Job in
      let job: Job
      if let held = state.jobs.removeValue(forKey: key) {
        state.hits += 1
        job = held
      } else {
        state.jobs.values.forEach { $0.drop() }
        state.jobs = [:]
        job = start(key, &state)
      }
      var next = key
      for _ in 0..<depth {
        next = following(next)
        if state.jobs[next] == nil { state.jobs[next] = start(next, &state) }
      }
      return job
    }
    // A job is dropped only when it is taken out of the table, and this one was taken out by us.
    return try job.wait()?.get() ?? base.batch(epoch: epoch, index: index)
  }

  private func following(_ key: Key) -> Key {
    key.index + 1 < base.batchesPerEpoch
      ? Key(epoch: key.epoch, index: key.index + 1) : Key(epoch: key.epoch + 1, index: 0)
  }

  private func start(_ key: Key, _ state: inout State) -> Job {
    let job = Job()
    let base = base
    state.started += 1
    queues[state.started % queues.count].async {
      job.run { try base.batch(epoch: key.epoch, index: key.index) }
    }
    return job
  }
}
