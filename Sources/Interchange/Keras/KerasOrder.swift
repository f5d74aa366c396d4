/// The order in which Keras keeps the layers of a functional model, whatever order they were made in: by depth,
/// that is distance from the outputs, deepest first, and among equals by a depth-first walk from the outputs. The
/// groups of the weights file are numbered in this order.
struct KerasOrder {
  /// One use of a layer: which, and which uses its arguments come from.
  struct Call {
    var operation: Int
    var parents: [Int]
  }

  /// - Parameters:
  ///   - calls: in an order in which they can be computed.
  ///   - outputs: the calls that make the model's outputs.
  ///   - inputs: the operations that are the model's inputs; they stay though nothing uses them.
  /// - Returns: The operations that the outputs need, in Keras' order.
  static func operations(_ calls: [Call], outputs: [Int], inputs: [Int]) -> [Int] {
    var finished: [Int] = []
    var isSeen: Set<Int> = []
    var firstVisit: [Int: Int] = [:]
    for output in outputs {
      var stack: [(call: Int, next: Int)] = []
      func enter(_ call: Int) {
        guard isSeen.insert(call).inserted else { return }
        let operation = calls[call].operation
        if firstVisit[operation] == nil { firstVisit[operation] = firstVisit.count }
        stack.append((call, 0))
      }
      enter(output)
      while let top = stack.last {
        if top.next < calls[top.call].parents.count {
          stack[stack.count - 1].next += 1
          enter(calls[top.call].parents[top.next])
        } else {
          finished.append(top.call)
          stack.removeLast()
        }
      }
    }
    var callDepth: [Int: Int] = [:]
    var depth: [Int: Int] = [:]
    for call in finished.reversed() {
      let operation = calls[call].operation
      let here = max(callDepth[call] ?? 0, depth[operation] ?? 0)
      depth[operation] = here
      callDepth[call] = here
      for parent in calls[call].parents { callDepth[parent] = max(here + 1, callDepth[parent] ?? 0) }
    }
    for input in inputs where depth[input] == nil {
      depth[input] = 0
      firstVisit[input] = -1
    }
    return depth.keys.sorted { a, b in
      depth[a]! != depth[b]! ? depth[a]! > depth[b]! : (firstVisit[a]!, a) < (firstVisit[b]!, b)
    }
  }
}
