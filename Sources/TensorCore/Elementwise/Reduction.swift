import CKernels

/// Sums, means and maxima along axes. Sums are accumulated in `Double`, in a fixed order.
package enum Reduction {
  /// The sum over `axes`; the reduced axes keep length 1 if `keepingDimensions`.
  package static func sum(_ a: Tensor, axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    reduce(a, axes: axes, keepingDimensions: keepingDimensions) { rows in
      var total = 0.0
      for value in rows { total += Double(value) }
      return Float(total)
    } columns: { x, rows, columns, out in
      var totals = [Double](repeating: 0, count: columns)
      totals.withUnsafeMutableBufferPointer { totals in
        for row in 0..<rows {
          let line = x.baseAddress! + row * columns
          for column in 0..<columns { totals[column] += Double(line[column]) }
        }
      }
      for column in 0..<columns { out.initializeElement(at: column, to: Float(totals[column])) }
    }
  }

  /// The sum of all values.
  package static func sum(_ a: Tensor) -> Double {
    a.withUnsafeValues { x in x.baseAddress.map { squall_sum($0, Int64(x.count)) } ?? 0 }
  }

  /// The largest value along `axes`.
  package static func maximum(_ a: Tensor, axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    reduce(a, axes: axes, keepingDimensions: keepingDimensions) { row in
      var largest = -Float.infinity
      for value in row { largest = value > largest || value.isNaN ? value : largest }
      return largest
    } columns: { x, rows, columns, out in
      out.initialize(repeating: -.infinity)
      for row in 0..<rows {
        for column in 0..<columns {
          let value = x[row * columns + column]
          if value > out[column] || value.isNaN { out[column] = value }
        }
      }
    }
  }

  /// The index of the largest value along the last axis, the first of equals.
  package static func argmax(_ a: Tensor) -> [Int] {
    let columns = a.shape[-1]
    return a.withUnsafeValues { x in
      (0..<a.count / max(columns, 1)).map { row in
        var best = 0
        for column in 1..<max(columns, 1) where x[row * columns + column] > x[row * columns + best] {
          best = column
        }
        return best
      }
    }
  }

  /// Reduces leading axes column by column and all others row by row, after bringing the reduced axes last.
  private static func reduce(
    _ a: Tensor, axes: [Int], keepingDimensions: Bool,
    row: (UnsafeBufferPointer<Float>) -> Float,
    columns: (UnsafeBufferPointer<Float>, Int, Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    let reduced = Set(axes.map { a.shape.index(ofAxis: $0) })
    let kept = (0..<a.rank).filter { !reduced.contains($0) }
    let keptShape = Shape(kept.map { a.shape[$0] })
    let finalShape =
      keepingDimensions
      ? Shape((0..<a.rank).map { reduced.contains($0) ? 1 : a.shape[$0] }) : keptShape
    let length = reduced.reduce(1) { $0 * a.shape[$1] }
    if reduced == Set(0..<reduced.count), !kept.isEmpty {
      return Tensor(shape: finalShape) { out in
        a.withUnsafeValues { columns($0, length, keptShape.count, out) }
      }
    }
    let order = kept + (0..<a.rank).filter { reduced.contains($0) }
    let source = order == Array(0..<a.rank) ? a : Movement.transposed(a, order)
    return Tensor(shape: finalShape) { out in
      source.withUnsafeValues { x in
        for i in out.indices {
          out.initializeElement(
            at: i, to: row(UnsafeBufferPointer(rebasing: x[i * length..<(i + 1) * length])))
        }
      }
    }
  }
}
