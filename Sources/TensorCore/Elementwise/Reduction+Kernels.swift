import CKernels

extension Reduction {
  /// The sum of the squares of all values, accumulated in `Double` in a fixed order.
  public static func sumOfSquares(_ a: Tensor) -> Double {
    a.withUnsafeValues { x in x.baseAddress.map { squall_sum_of_squares($0, Int64(x.count)) } ?? 0 }
  }

  /// Whether no value is NaN or infinite.
  public static func isFinite(_ a: Tensor) -> Bool {
    a.withUnsafeValues { x in x.baseAddress.map { !squall_any_non_finite($0, Int64(x.count)) } ?? true }
  }
}
