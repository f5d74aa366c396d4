extension RandomStream {
  /// Independent numbers in [lower, upper).
  public mutating func uniform(shape: Shape, from lower: Float = 0, to upper: Float = 1) -> Tensor {
    fill(shape) { $0.uniform(lower, upper) }
  }

  /// Independent normally distributed numbers.
  public mutating func normal(shape: Shape, mean: Float = 0, deviation: Float = 1) -> Tensor {
    fill(shape) { mean + deviation * $0.normal() }
  }

  /// Independent truncated normal numbers: none further than two `deviation` from zero.
  public mutating func truncatedNormal(shape: Shape, deviation: Float = 1) -> Tensor {
    fill(shape) { deviation * $0.truncatedNormal() }
  }

  private mutating func fill(_ shape: Shape, _ draw: (inout RandomStream) -> Float) -> Tensor {
    Tensor(shape: shape) { buffer in
      for index in buffer.indices { buffer.initializeElement(at: index, to: draw(&self)) }
    }
  }
}
