/// Batch and layer normalisation as their formulas say, generic over `Float` and `Double`. Inputs are matrices of
/// rows and columns; batch normalisation takes its statistics over a column, layer normalisation over a row.
@usableFromInline
package enum PlainNormalization {
  /// The two kinds, by what one statistic covers.
  @usableFromInline
  package enum Kind: Sendable {
    case batch, layer

    @inlinable
    func group(_ index: Int, columns: Int) -> Int { self == .batch ? index % columns : index / columns }
  }

  /// Mean and variance (the mean square deviation) of each column or row.
  @inlinable
  package static func statistics<S: PlainScalar>(
    _ x: [S], columns: Int, _ kind: Kind
  ) -> (mean: [S], variance: [S]) {
    let rows = x.count / columns
    let groups = kind == .batch ? columns : rows
    let size = S(kind == .batch ? rows : columns)
    var mean = [S](repeating: 0, count: groups)
    for i in x.indices { mean[kind.group(i, columns: columns)] += x[i] }
    for g in mean.indices { mean[g] /= size }
    var variance = [S](repeating: 0, count: groups)
    for i in x.indices {
      let g = kind.group(i, columns: columns)
      variance[g] += (x[i] - mean[g]) * (x[i] - mean[g])
    }
    for g in variance.indices { variance[g] /= size }
    return (mean, variance)
  }

  /// y = (x − mean) / √(variance + ε) · scale + shift, scale and shift by column.
  @inlinable
  package static func apply<S: PlainScalar>(
    _ x: [S], mean: [S], variance: [S], scale: [S]?, shift: [S]?, epsilon: S, columns: Int, _ kind: Kind
  ) -> [S] {
    let factors = variance.map { 1 / ($0 + epsilon).squareRoot() }
    return x.indices.map { i in
      let g = kind.group(i, columns: columns)
      let normal = (x[i] - mean[g]) * factors[g]
      return normal * (scale?[i % columns] ?? 1) + (shift?[i % columns] ?? 0)
    }
  }

  /// The cotangents of input, scale and shift. With `fixed` statistics (inference) mean and variance are
  /// constants, otherwise they are functions of the input.
  @inlinable
  package static func gradient<S: PlainScalar>(
    _ dy: [S], input x: [S], mean: [S], variance: [S], scale: [S]?, epsilon: S, columns: Int, _ kind: Kind,
    fixed: Bool = false
  ) -> (input: [S], scale: [S], shift: [S]) {
    let rows = x.count / columns
    let size = S(kind == .batch ? rows : columns)
    let factors = variance.map { 1 / ($0 + epsilon).squareRoot() }
    var dScale = [S](repeating: 0, count: columns)
    var dShift = [S](repeating: 0, count: columns)
    // Σ and Σ · normal of the cotangent of the normalised values, in each group.
    var sums = [S](repeating: 0, count: mean.count)
    var products = [S](repeating: 0, count: mean.count)
    for i in x.indices {
      let g = kind.group(i, columns: columns)
      let normal = (x[i] - mean[g]) * factors[g]
      let d = dy[i] * (scale?[i % columns] ?? 1)
      dScale[i % columns] += dy[i] * normal
      dShift[i % columns] += dy[i]
      sums[g] += d
      products[g] += d * normal
    }
    let dx = x.indices.map { i -> S in
      let g = kind.group(i, columns: columns)
      let d = dy[i] * (scale?[i % columns] ?? 1)
      if fixed { return d * factors[g] }
      let normal = (x[i] - mean[g]) * factors[g]
      return factors[g] * (d - sums[g] / size - normal * products[g] / size)
    }
    return (dx, dScale, dShift)
  }
}
