import TensorCore

extension Tensor {
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
