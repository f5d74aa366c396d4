import COneDNN

/// Maximum and average pooling, and their gradients. Shapes have been checked by the geometry. Padding never
/// counts: it is no candidate for a maximum and no part of an average.
package enum Pooling {
  /// Which element of each window was the largest, in the form of whoever computed it.
  package struct Winners: Sendable {
    fileprivate enum Content: Sendable {
      case oneDNN(Storage, OperationKey)
      /// The offset into the input of each output's winner.
      case plain([Int])
    }

    fileprivate let content: Content
  }

  /// The largest value of each window, and with `keepingWinners` what the gradient needs.
  ///
  /// A NaN among larger or smaller values may be passed over, as in other libraries: windows are compared, not added.
  package static func maximum(
    _ input: Tensor, _ geometry: PoolingGeometry, keepingWinners: Bool
  ) -> (output: Tensor, winners: Winners?) {
    require(input, "an input", of: geometry.inputShape)
    let key = OperationKey(
      .poolingForward, .pooling(geometry, .maximum), keepingWinners ? [] : .inference)
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      let winners = keepingWinners ? Storage(count: operation.packedCount(squall_onednn_workspace)) : nil
      let output = Tensor(shape: geometry.outputShape) { y in
        input.withUnsafeValues { x in
          var bindings: [Operation.Binding] = [
            .reads(squall_onednn_source, x.baseAddress!),
            .writes(squall_onednn_destination, y.baseAddress!),
          ]
          if let winners { bindings.append(.writes(squall_onednn_workspace, winners.address)) }
          operation.execute(bindings)
        }
      }
      return (output, winners.map { Winners(content: .oneDNN($0, key)) })
    }
    let (output, winners) = PlainPooling.maximum(input.values, geometry)
    return (
      Tensor(output, shape: geometry.outputShape),
      keepingWinners ? Winners(content: .plain(winners)) : nil
    )
  }

  /// The cotangent of the input: each output's goes to the winner of its window.
  package static func maximumGradient(
    _ outputGradient: Tensor, winners: Winners, _ geometry: PoolingGeometry
  ) -> Tensor {
    require(outputGradient, "a cotangent", of: geometry.outputShape)
    switch winners.content {
    case .plain(let offsets):
      let dx = PlainPooling.maximumGradient(outputGradient.values, winners: offsets, geometry)
      return Tensor(dx, shape: geometry.inputShape)
    case .oneDNN(let workspace, let forward):
      // The workspace belongs to the team size of the forward pass, whatever the team is now.
      let key = OperationKey(
        .poolingGradient, .pooling(geometry, .maximum), threads: forward.threads)
      guard let operation = OperationCache.operation(key) else {
        preconditionFailure("oneDNN pooled but has no gradient for it: \(geometry)")
      }
      return Tensor(shape: geometry.inputShape) { dx in
        outputGradient.withUnsafeValues { dy in
          operation.execute([
            .reads(squall_onednn_destination_gradient, dy.baseAddress!),
            .reads(squall_onednn_workspace, workspace.address),
            .writes(squall_onednn_source_gradient, dx.baseAddress!),
          ])
        }
      }
    }
  }

  /// The mean of the input's elements in each window.
  package static func average(_ input: Tensor, _ geometry: PoolingGeometry) -> Tensor {
    require(input, "an input", of: geometry.inputShape)
    let key = OperationKey(.poolingForward, .pooling(geometry, .average), .inference)
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      return Tensor(shape: geometry.outputShape) { y in
        input.withUnsafeValues { x in
          operation.execute([
            .reads(squall_onednn_source, x.baseAddress!),
            .writes(squall_onednn_destination, y.baseAddress!),
          ])
        }
      }
    }
    return Tensor(PlainPooling.average(input.values, geometry), shape: geometry.outputShape)
  }

  /// The cotangent of the input: each output's in equal parts to the elements of its window.
  package static func averageGradient(_ outputGradient: Tensor, _ geometry: PoolingGeometry) -> Tensor {
    require(outputGradient, "a cotangent", of: geometry.outputShape)
    let key = OperationKey(.poolingGradient, .pooling(geometry, .average))
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      return Tensor(shape: geometry.inputShape) { dx in
        outputGradient.withUnsafeValues { dy in
          operation.execute([
            .reads(squall_onednn_destination_gradient, dy.baseAddress!),
            .writes(squall_onednn_source_gradient, dx.baseAddress!),
          ])
        }
      }
    }
    return Tensor(
      PlainPooling.averageGradient(outputGradient.values, geometry), shape: geometry.inputShape)
  }
}
