import Dispatch
import Readers
import Synchronization

/// Makes things that are asked for in order ahead of time: while one is used, the next ones are made in the
/// background.
///
/// At most ``depth`` are held or being made. Whoever jumps gets the right one and a new start from there. An error
/// belongs to the place at which it happened and is thrown when that one is asked for. Nothing new begins once this
/// object is gone.
package final class ReadAhead<Value: Sendable>: Sendable {
  package let depth: Int
  private let perEpoch: Int
  private let repeatsEpoch: Bool
  private let make: @Sendable (_ epoch: Int, _ index: Int) throws -> Value
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

  /// One value in the making.
  private final class Job: Sendable {
    private let done = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isDropped = Mutex(false)

    func run(_ make: () throws -> Value) {
      if !isDropped.withLock({ $0 }) {
        let made = Result { try make() }
        result.withLock { $0 = made }
      }
      done.signal()
    }

    func drop() { isDropped.withLock { $0 = true } }

    /// Waits for the value; `nil` if the job was dropped before it began.
    func wait() -> Result<Value, any Error>? {
      done.wait()
      done.signal()
      return result.withLock { $0 }
    }
  }

  /// - Parameters:
  ///   - perEpoch: How many there are in an epoch.
  ///   - depth: How many are made ahead.
  ///   - workers: How many threads make them.
  ///   - repeatsEpoch: Whether the end of an epoch is followed by its own beginning, as in validation.
  ///   - make: Makes one; the same whenever it is asked.
  /// - Throws: `DataError` if a number is out of reason.
  package init(
    perEpoch: Int, depth: Int = 2, workers: Int = 1, repeatsEpoch: Bool = false,
    make: @escaping @Sendable (_ epoch: Int, _ index: Int) throws -> Value
  ) throws {
    guard (1...1024).contains(depth), (1...64).contains(workers) else {
      throw DataError(
        .invalidOption, expected: "1 to 1024 batches ahead and 1 to 64 threads",
        received: "\(depth) batches, \(workers) threads", remedy: "Choose for example 2 and 1.")
    }
    self.perEpoch = perEpoch
    self.depth = depth
    self.repeatsEpoch = repeatsEpoch
    self.make = make
    queues = (0..<workers).map { DispatchQueue(label: "squall.prefetch.\($0)", qos: .utility) }
  }

  deinit { state.withLock { $0.jobs.values.forEach { $0.drop() } } }

  /// How many were under way already when they were asked for.
  package var hits: Int { state.withLock { $0.hits } }

  /// One value; waits for it if need be.
  ///
  /// - Throws: What making it throws.
  package func value(epoch: Int, index: Int) throws -> Value {
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
        if next != key, state.jobs[next] == nil { state.jobs[next] = start(next, &state) }
      }
      return job
    }
    // A job is dropped only when it is taken out of the table, and this one was taken out by us.
    return try job.wait()?.get() ?? make(epoch, index)
  }

  private func following(_ key: Key) -> Key {
    key.index + 1 < perEpoch
      ? Key(epoch: key.epoch, index: key.index + 1)
      : Key(epoch: repeatsEpoch ? key.epoch : key.epoch + 1, index: 0)
  }

  private func start(_ key: Key, _ state: inout State) -> Job {
    let job = Job()
    let make = make
    state.started += 1
    queues[state.started % queues.count].async { job.run { try make(key.epoch, key.index) } }
    return job
  }
}
