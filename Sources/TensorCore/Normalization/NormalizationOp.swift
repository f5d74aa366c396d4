import COneDNN

/// What batch and layer normalisation have in common: matrices of rows and columns, and a pair of operations.
/// oneDNN always gets a scale and a shift, ones and zeros where there are none, so that one operation serves all.
enum NormalizationOp {
  static func sizes(_ x: Tensor) -> (rows: Int, columns: Int) {
    let columns = x.shape[-1]
    require(columns > 0 && x.count > 0, "expected values to normalise; found the shape \(x.shape)")
    return (x.count / columns, columns)
  }

  static func forward(
    _ x: Tensor, scale: Tensor?, shift: Tensor?, epsilon: Float, _ kind: PlainNormalization.Kind
  ) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    let (rows, columns) = sizes(x)
    require(scale, "a scale", ofCount: columns)
    require(shift, "a shift", ofCount: columns)
    let groups = kind == .batch ? columns : rows
    let key = OperationKey(
      kind == .batch ? .batchNormalizationTraining : .layerNormalizationForward,
      .rows(rows, columns: columns, epsilon: epsilon), [.bias, .scale])
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      var mean = Tensor.zeros([groups])
      var variance = Tensor.zeros([groups])
      let inputs = [x, scale ?? .ones([columns]), shift ?? .zeros([columns])]
      let output = Tensor(shape: x.shape) { y in
        mean.withUnsafeMutableValues { mean in
          variance.withUnsafeMutableValues { variance in
            withAddresses(inputs) { p in
              operation.execute([
                .reads(squall_onednn_source, p[0]), .reads(squall_onednn_scale, p[1]),
                .reads(squall_onednn_shift, p[2]), .writes(squall_onednn_mean, mean.baseAddress!),
                .writes(squall_onednn_variance, variance.baseAddress!),
                .writes(squall_onednn_destination, y.baseAddress!),
              ])
            }
          }
        }
      }
      return (output, mean, variance)
    }
    let values = x.values
    let (mean, variance) = PlainNormalization.statistics(values, columns: columns, kind)
    let y = PlainNormalization.apply(
      values, mean: mean, variance: variance, scale: scale?.values, shift: shift?.values, epsilon: epsilon,
      columns: columns, kind)
    return (
      Tensor(y, shape: x.shape), Tensor(mean, shape: [groups]), Tensor(variance, shape: [groups])
    )
  }

  static func gradient(
    _ outputGradient: Tensor, input: Tensor, mean: Tensor, variance: Tensor, scale: Tensor?,
    epsilon: Float, _ kind: PlainNormalization.Kind
  ) -> (input: Tensor, scale: Tensor, shift: Tensor) {
    let (rows, columns) = sizes(input)
    require(outputGradient, "a cotangent", ofCount: input.count)
    let key = OperationKey(
      kind == .batch ? .batchNormalizationGradient : .layerNormalizationGradient,
      .rows(rows, columns: columns, epsilon: epsilon), [.bias, .scale])
    if Backend.current == .oneDNN, let operation = OperationCache.operation(key) {
      var dScale = Tensor.zeros([columns])
      var dShift = Tensor.zeros([columns])
      let inputs = [input, mean, variance, scale ?? .ones([columns]), outputGradient, .zeros([columns])]
      let dx = Tensor(shape: input.shape) { dx in
        dScale.withUnsafeMutableValues { dScale in
          dShift.withUnsafeMutableValues { dShift in
            withAddresses(inputs) { p in
              operation.execute([
                .reads(squall_onednn_source, p[0]), .reads(squall_onednn_mean, p[1]),
                .reads(squall_onednn_variance, p[2]), .reads(squall_onednn_scale, p[3]),
                .reads(squall_onednn_destination_gradient, p[4]), .reads(squall_onednn_shift, p[5]),
                .writes(squall_onednn_source_gradient, dx.baseAddress!),
                .writes(squall_onednn_scale_gradient, dScale.baseAddress!),
                .writes(squall_onednn_shift_gradient, dShift.baseAddress!),
              ])
            }
          }
        }
      }
      return (dx, dScale, dShift)
    }
    let (dx, dScale, dShift) = PlainNormalization.gradient(
      outputGradient.values, input: input.values, mean: mean.values, variance: variance.values,
      scale: scale?.values, epsilon: epsilon, columns: columns, kind)
    return (
      Tensor(dx, shape: input.shape), Tensor(dScale, shape: [columns]), Tensor(dShift, shape: [columns])
    )
  }

  /// The addresses of several tensors, valid within the closure.
  static func withAddresses<Result>(
    _ tensors: [Tensor], _ body: ([UnsafePointer<Float>]) -> Result
  ) -> Result {
    withExtendedLifetime(tensors) { body(tensors.map { UnsafePointer($0.storage.address) }) }
  }
}
