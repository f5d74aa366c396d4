import TensorCore

extension Tensor {
  /// Whether the tape records what is computed from this value.
  public var isTracked: Bool { tape != nil }

  /// The value as the start of a tape: gradients can be taken with respect to it.
  func tracked() -> Tensor {
    linked(TapeLink(entry: Node(parents: [], outputCount: 1, pullback: nil), output: 0))
  }
}

/// Puts an operation on the tape if one of its inputs is tracked, and otherwise keeps nothing.
///
/// The pullback must capture detached values only (`Tensor.detached`), so that the tape stays a chain of nodes.
package func recorded(
  _ outputs: [Tensor], from inputs: [Tensor], pullback: @escaping Pullback
) -> [Tensor] {
  guard inputs.contains(where: \.isTracked) else { return outputs }
  let node = Node(parents: inputs.map(\.tape), outputCount: outputs.count, pullback: pullback)
  return outputs.enumerated().map { $1.linked(TapeLink(entry: node, output: $0)) }
}

/// Puts an operation with one output on the tape.
package func recorded(
  _ output: Tensor, from inputs: [Tensor], pullback: @escaping @Sendable (Tensor) -> [Tensor?]
) -> Tensor {
  recorded([output], from: inputs) { cotangents in
    cotangents[0].map(pullback) ?? []
  }[0]
}

/// An operation with a gradient of the caller's own.
///
/// `body` gets the inputs without their links to the tape and returns the outputs together with the pullback:
/// a function from the cotangent of each output (`nil` for zero) to the cotangent of each input (`nil` for
/// zero), each of its input's shape. The pullback runs only if a gradient is asked for.
public func withCustomGradient(
  _ inputs: [Tensor], _ body: ([Tensor]) throws -> (outputs: [Tensor], pullback: Pullback)
) rethrows -> [Tensor] {
  let (outputs, pullback) = try body(inputs.map(\.detached))
  let shapes = inputs.map(\.shape)
  return recorded(outputs, from: inputs) { cotangents in
    let results = pullback(cotangents)
    require(
      results.count == shapes.count,
      "expected \(shapes.count) cotangents, one for each input; found \(results.count)")
    for (result, shape) in zip(results, shapes) { require(result, "a cotangent of an input", of: shape) }
    return results
  }
}
