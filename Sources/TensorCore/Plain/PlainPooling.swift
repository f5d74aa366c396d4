/// Pooling as its definition says, generic over `Float` and `Double`.
@usableFromInline
package enum PlainPooling {
  /// The largest element of each window and its offset in the input, the first of equals. NaN counts as largest.
  @inlinable
  package static func maximum<S: PlainScalar>(
    _ input: [S], _ g: PoolingGeometry
  ) -> (output: [S], winners: [Int]) {
    var output = [S](repeating: 0, count: g.outputShape.count)
    var winners = [Int](repeating: -1, count: output.count)
    WindowWalk(g).forEach { to, from, _ in
      for c in 0..<g.channels {
        let at = to * g.channels + c
        let value = input[from * g.channels + c]
        if winners[at] < 0 || value > output[at] || (value.isNaN && !output[at].isNaN) {
          output[at] = value
          winners[at] = from * g.channels + c
        }
      }
    }
    return (output, winners)
  }

  @inlinable
  package static func maximumGradient<S: PlainScalar>(
    _ outputGradient: [S], winners: [Int], _ g: PoolingGeometry
  ) -> [S] {
    var inputGradient = [S](repeating: 0, count: g.inputShape.count)
    for (at, winner) in winners.enumerated() { inputGradient[winner] += outputGradient[at] }
    return inputGradient
  }

  /// How many elements of the input each window has.
  @inlinable
  static func sizes(_ g: PoolingGeometry) -> [Int] {
    var sizes = [Int](repeating: 0, count: g.outputShape.count / g.channels)
    WindowWalk(g).forEach { to, _, _ in sizes[to] += 1 }
    return sizes
  }

  /// The mean of each window's elements; padding is no element.
  @inlinable
  package static func average<S: PlainScalar>(_ input: [S], _ g: PoolingGeometry) -> [S] {
    var output = [S](repeating: 0, count: g.outputShape.count)
    WindowWalk(g).forEach { to, from, _ in
      for c in 0..<g.channels { output[to * g.channels + c] += input[from * g.channels + c] }
    }
    for (pixel, size) in sizes(g).enumerated() {
      for c in 0..<g.channels { output[pixel * g.channels + c] /= S(size) }
    }
    return output
  }

  @inlinable
  package static func averageGradient<S: PlainScalar>(_ outputGradient: [S], _ g: PoolingGeometry) -> [S] {
    var inputGradient = [S](repeating: 0, count: g.inputShape.count)
    let sizes = sizes(g)
    WindowWalk(g).forEach { to, from, _ in
      for c in 0..<g.channels {
        inputGradient[from * g.channels + c] += outputGradient[to * g.channels + c] / S(sizes[to])
      }
    }
    return inputGradient
  }
}
