import TensorCore

extension Tensor {
  /// Zeros around a tensor: `before[i]` and `after[i]` of them along axis i.
  public func padded(before: [Int], after: [Int]) -> Tensor {
    recorded(Movement.padded(self, before: before, after: after), from: [self]) { g in
      [Movement.cropped(g, before: before, after: after)]
    }
  }

  /// What is left when `before[i]` and `after[i]` elements are taken off axis i.
  public func cropped(before: [Int], after: [Int]) -> Tensor {
    recorded(Movement.cropped(self, before: before, after: after), from: [self]) { g in
      [Movement.padded(g, before: before, after: after)]
    }
  }

  /// Every entry of an axis `factor` times in a row.
  public func repeated(axis: Int, factor: Int) -> Tensor {
    recorded(Resampling.nearest(self, axis: axis, factor: factor), from: [self]) { g in
      [Resampling.nearestGradient(g, axis: axis, factor: factor)]
    }
  }

  /// An axis made `factor` times longer by linear interpolation between the centres of its entries.
  public func interpolated(axis: Int, factor: Int) -> Tensor {
    recorded(Resampling.linear(self, axis: axis, factor: factor), from: [self]) { g in
      [Resampling.linearGradient(g, axis: axis, factor: factor)]
    }
  }
}
