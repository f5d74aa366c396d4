import TensorCore
import Testing

extension KernelTests {
  @Suite struct NormalizationTests {
    static let sizes: [(rows: Int, columns: Int)] = [(5, 3), (64, 16), (37, 33), (1, 8), (300, 1)]

    /// Values around 3, so that a mean is worth subtracting.
    func operands(_ rows: Int, _ columns: Int) -> (
      x: [Double], scale: [Double], shift: [Double], dy: [Double]
    ) {
      (
        numbers(rows * columns, seed: 1).map { $0 + 3 }, numbers(columns, seed: 2).map { $0 + 1.5 },
        numbers(columns, seed: 3), numbers(rows * columns, seed: 4)
      )
    }

    @Test(arguments: sizes)
    func batchEqualsItsTwin(_ sizes: (rows: Int, columns: Int)) {
      let (rows, columns) = sizes
      // The statistics of one row leave nothing of it.
      guard rows > 1 else { return }
      let (x, scale, shift, dy) = operands(rows, columns)
      let (mean, variance) = PlainNormalization.statistics(x, columns: columns, .batch)
      let xs = tensor(x, [rows, columns]), dys = tensor(dy, [rows, columns])
      let means = tensor(mean, [columns]), variances = tensor(variance, [columns])
      withTeams {
        for backend in backends {
          for scaled in [true, false] {
            let (a, b) = scaled ? (scale, shift) : (nil, nil)
            let (scales, shifts) = (a.map { tensor($0, [columns]) }, b.map { tensor($0, [columns]) })
            let y = PlainNormalization.apply(
              x, mean: mean, variance: variance, scale: a, shift: b, epsilon: 1e-3, columns: columns, .batch)
            let d = PlainNormalization.gradient(
              dy, input: x, mean: mean, variance: variance, scale: a, epsilon: 1e-3, columns: columns, .batch)
            let fixed = PlainNormalization.gradient(
              dy, input: x, mean: mean, variance: variance, scale: a, epsilon: 1e-3, columns: columns, .batch,
              fixed: true)
            Backend.using(backend) {
              let training = BatchNormalizationOp.training(xs, scale: scales, shift: shifts, epsilon: 1e-3)
              expectClose(training.output.values, y, 1e-5, "output, \(backend)")
              expectClose(training.mean.values, mean, 1e-5, "mean, \(backend)")
              expectClose(training.variance.values, variance, 1e-5, "variance, \(backend)")
              let inference = BatchNormalizationOp.inference(
                xs, mean: means, variance: variances, scale: scales, shift: shifts, epsilon: 1e-3)
              expectClose(inference.values, y, 1e-5, "inference, \(backend)")
              let gradient = BatchNormalizationOp.gradient(
                dys, input: xs, mean: training.mean, variance: training.variance, scale: scales, epsilon: 1e-3
              )
              expectClose(gradient.input.values, d.input, 1e-4, "input gradient, \(backend)")
              expectClose(gradient.scale.values, d.scale, 1e-4, "scale gradient, \(backend)")
              expectClose(gradient.shift.values, d.shift, 1e-4, "shift gradient, \(backend)")
              let constant = BatchNormalizationOp.inferenceGradient(
                dys, input: xs, mean: means, variance: variances, scale: scales, epsilon: 1e-3)
              expectClose(constant.input.values, fixed.input, 1e-4, "fixed input gradient, \(backend)")
              expectClose(constant.scale.values, fixed.scale, 1e-4, "fixed scale gradient, \(backend)")
            }
          }
        }
      }
    }

    @Test(arguments: sizes)
    func layerEqualsItsTwin(_ sizes: (rows: Int, columns: Int)) {
      let (rows, columns) = sizes
      // The statistics of one channel leave nothing of it.
      guard columns > 1 else { return }
      let (x, scale, shift, dy) = operands(rows, columns)
      let (mean, variance) = PlainNormalization.statistics(x, columns: columns, .layer)
      let y = PlainNormalization.apply(
        x, mean: mean, variance: variance, scale: scale, shift: shift, epsilon: 1e-3, columns: columns, .layer
      )
      let d = PlainNormalization.gradient(
        dy, input: x, mean: mean, variance: variance, scale: scale, epsilon: 1e-3, columns: columns, .layer)
      withTeams {
        for backend in backends {
          Backend.using(backend) {
            let xs = tensor(x, [rows, columns]), scales = tensor(scale, [columns])
            let forward = LayerNormalizationOp.forward(
              xs, scale: scales, shift: tensor(shift, [columns]), epsilon: 1e-3)
            expectClose(forward.output.values, y, 1e-5, "output, \(backend)")
            expectClose(forward.mean.values, mean, 1e-5, "mean, \(backend)")
            let gradient = LayerNormalizationOp.gradient(
              tensor(dy, [rows, columns]), input: xs, mean: forward.mean, variance: forward.variance,
              scale: scales, epsilon: 1e-3)
            expectClose(gradient.input.values, d.input, 1e-4, "input gradient, \(backend)")
            expectClose(gradient.scale.values, d.scale, 1e-4, "scale gradient, \(backend)")
            expectClose(gradient.shift.values, d.shift, 1e-4, "shift gradient, \(backend)")
          }
        }
      }
    }

    @Test(arguments: [PlainNormalization.Kind.batch, .layer])
    func twinHasTheGradientsOfItsForward(_ kind: PlainNormalization.Kind) {
      let columns = 5
      let (x, scale, shift, dy) = operands(7, columns)
      func forward(_ x: [Double], _ scale: [Double], _ shift: [Double]) -> [Double] {
        let (mean, variance) = PlainNormalization.statistics(x, columns: columns, kind)
        return PlainNormalization.apply(
          x, mean: mean, variance: variance, scale: scale, shift: shift, epsilon: 1e-3, columns: columns, kind
        )
      }
      let (mean, variance) = PlainNormalization.statistics(x, columns: columns, kind)
      let d = PlainNormalization.gradient(
        dy, input: x, mean: mean, variance: variance, scale: scale, epsilon: 1e-3, columns: columns, kind)
      expectDifferences(
        of: { forward($0, scale, shift) }, at: x, weights: dy, gradient: d.input, "input")
      expectDifferences(of: { forward(x, $0, shift) }, at: scale, weights: dy, gradient: d.scale, "scale")
      expectDifferences(of: { forward(x, scale, $0) }, at: shift, weights: dy, gradient: d.shift, "shift")
    }
  }
}
