import TensorCore

extension Tensor {
  /// The largest value of each window of maps `[batch, spatial…, channels]`.
  ///
  /// - Parameters:
  ///   - window: its length along each space axis.
  ///   - strides: from window to window along each space axis; `nil` lays them side by side.
  ///   - padding: how windows meet the border.
  /// - Throws: `ShapeError` if maps and windows do not fit together.
  public func maximumPooled(window: [Int], strides: [Int]? = nil, padding: Padding = .valid) throws -> Tensor
  {
    try maximumPooled(
      PoolingGeometry(
        input: shape, window: window, strides: strides ?? window, padding: padding, in: "maximumPooled"))
  }

  /// The mean of each window of maps `[batch, spatial…, channels]`; padding does not count.
  ///
  /// - Parameters:
  ///   - window: its length along each space axis.
  ///   - strides: from window to window along each space axis; `nil` lays them side by side.
  ///   - padding: how windows meet the border.
  /// - Throws: `ShapeError` if maps and windows do not fit together.
  public func averagePooled(window: [Int], strides: [Int]? = nil, padding: Padding = .valid) throws -> Tensor
  {
    try averagePooled(
      PoolingGeometry(
        input: shape, window: window, strides: strides ?? window, padding: padding, in: "averagePooled"))
  }

  /// The largest value of each window of maps `[batch, spatial…, channels]`.
  package func maximumPooled(_ geometry: PoolingGeometry) -> Tensor {
    let (output, winners) = Pooling.maximum(detached, geometry, keepingWinners: isTracked)
    return recorded(output, from: [self]) { g in
      [winners.map { Pooling.maximumGradient(g, winners: $0, geometry) }]
    }
  }

  /// The mean of each window of maps `[batch, spatial…, channels]`; padding does not count.
  package func averagePooled(_ geometry: PoolingGeometry) -> Tensor {
    recorded(Pooling.average(detached, geometry), from: [self]) { g in
      [Pooling.averageGradient(g, geometry)]
    }
  }
}
