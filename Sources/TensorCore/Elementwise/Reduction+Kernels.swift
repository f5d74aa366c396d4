import CKernels

extension Reduction {
  /// The sum of the squares of all values, accumulated in `Double` in a fixed order.
  package static func sumOfSquares(_ a: Tensor) -> Double {
    a.withUnsafeValues { x in x.baseAddress.map { squall_sum_of_squares($0, Int64(x.count)) } ?? 0 }
  }

  /// Σ (a − b)², accumulated in `Double` in a fixed order; a and b have the same shape.
  package static func sumOfSquaredDifferences(_ a: Tensor, _ b: Tensor) -> Double {
    require(a.shape == b.shape, "expected two tensors of one shape; found \(a.shape) and \(b.shape)")
    return a.withUnsafeValues { x in
      b.withUnsafeValues { y in
        guard let x0 = x.baseAddress, let y0 = y.baseAddress else { return 0 }
        return squall_sum_of_squared_differences(x0, y0, Int64(x.count))
      }
    }
  }

  /// `sumOfSquaredDifferences`, and in the same pass (a − b) · factor, which for a factor of 2 / n is the gradient of
  /// their mean.
  package static func squaredDifferences(
    _ a: Tensor, _ b: Tensor, factor: Float
  ) -> (sum: Double, scaled: Tensor) {
    require(a.shape == b.shape, "expected two tensors of one shape; found \(a.shape) and \(b.shape)")
    var sum = 0.0
    let scaled = Tensor(shape: a.shape) { out in
      a.withUnsafeValues { x in
        b.withUnsafeValues { y in
          guard let x0 = x.baseAddress, let y0 = y.baseAddress, let to = out.baseAddress else { return }
          sum = squall_sum_of_squared_differences_and_gradient(x0, y0, factor, to, Int64(x.count))
        }
      }
    }
    return (sum, scaled)
  }

  /// (a − b) · factor, half of the gradient of `sumOfSquaredDifferences` for a factor of 1.
  package static func scaledDifference(_ a: Tensor, _ b: Tensor, factor: Float) -> Tensor {
    require(a.shape == b.shape, "expected two tensors of one shape; found \(a.shape) and \(b.shape)")
    return Tensor(shape: a.shape) { out in
      a.withUnsafeValues { x in
        b.withUnsafeValues { y in
          guard let x0 = x.baseAddress, let y0 = y.baseAddress, let to = out.baseAddress else { return }
          squall_scaled_difference(x0, y0, factor, to, Int64(x.count))
        }
      }
    }
  }

  /// Whether no value is NaN or infinite.
  package static func isFinite(_ a: Tensor) -> Bool {
    a.withUnsafeValues { x in x.baseAddress.map { !squall_any_non_finite($0, Int64(x.count)) } ?? true }
  }
}
