import TensorCore

/// The gradient of a scalar with respect to values from which it was computed: the backward pass along the tape.
///
/// The tape is consumed: what operations had kept for this is freed on the way. `nil` where the scalar does not
/// depend on a value.
func backward(from output: Tensor, to leaves: [Tensor]) -> [Tensor?] {
  guard let root = output.tape else { return leaves.map { _ in nil } }
  var reached: Set<ObjectIdentifier> = []
  var nodes: [Node] = []
  var pending = [root.node]
  while let node = pending.popLast() {
    guard reached.insert(ObjectIdentifier(node)).inserted else { continue }
    nodes.append(node)
    pending += node.parents.compactMap { $0?.node }
  }
  nodes.sort { $0.number > $1.number }

  var cotangents: [ObjectIdentifier: [Tensor?]] = [ObjectIdentifier(root.node): []]
  func accumulate(_ cotangent: Tensor, at link: TapeLink) {
    let key = ObjectIdentifier(link.entry)
    var slots = cotangents.removeValue(forKey: key) ?? []
    while slots.count <= link.output { slots.append(nil) }
    slots[link.output] = slots[link.output].map { Elementwise.map($0, cotangent) { $0 + $1 } } ?? cotangent
    cotangents[key] = slots
  }
  accumulate(Tensor(repeating: 1, shape: output.shape), at: root)

  for node in nodes {
    guard let pullback = node.takePullback(),
      var incoming = cotangents.removeValue(forKey: ObjectIdentifier(node))
    else { continue }
    while incoming.count < node.outputCount { incoming.append(nil) }
    for (link, cotangent) in zip(node.parents, pullback(incoming)) {
      if let link, let cotangent { accumulate(cotangent, at: link) }
    }
  }
  return leaves.map { leaf in
    guard let link = leaf.tape, let slots = cotangents[ObjectIdentifier(link.entry)] else { return nil }
    return link.output < slots.count ? slots[link.output] : nil
  }
}
