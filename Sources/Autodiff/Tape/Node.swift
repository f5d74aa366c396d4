import Synchronization
import TensorCore

/// From the cotangents of an operation's outputs to those of its inputs. `nil` stands for zero.
public typealias Pullback = @Sendable ([Tensor?]) -> [Tensor?]

/// One recorded operation: whence its inputs came and how cotangents flow back through it.
///
/// The tape is nothing but these nodes, each holding its parents; there is no global list. Numbers grow with
/// creation, so descending numbers are a valid order for the backward pass.
///
/// `@unchecked Sendable`, with this proof: all fields are immutable but `parents`, which only `deinit` changes,
/// when no other reference is left, and `pullback`, which a mutex guards.
package final class Node: TapeEntry, @unchecked Sendable {
  private static let counter = Atomic<UInt64>(0)

  let number: UInt64
  let outputCount: Int
  private(set) var parents: [TapeLink?]
  private let pullback: Mutex<Pullback?>

  init(parents: [TapeLink?], outputCount: Int, pullback: Pullback?) {
    number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    self.parents = parents
    self.outputCount = outputCount
    self.pullback = Mutex(pullback)
  }

  /// The pullback, handed out once, so that what it captured is freed as the backward pass proceeds.
  func takePullback() -> Pullback? {
    pullback.withLock { pullback in
      defer { pullback = nil }
      return pullback
    }
  }

  /// Unlinks a long chain one by one: left to itself, the chain would be freed recursively and overflow the
  /// stack.
  deinit {
    var pending = parents.compactMap { $0?.node }
    parents = []
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) {
        pending += node.parents.compactMap { $0?.node }
        node.parents = []
      }
    }
  }
}

extension TapeLink {
  /// The entry as the one class that it can be.
  var node: Node { unsafeDowncast(entry, to: Node.self) }
}
