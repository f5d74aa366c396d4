import Support

/// The spectral loss of one frame `[height, width]` and its gradient for the prediction, in `Double`.
///
/// With P and T the orthonormal transforms of prediction p and target t, n pixels and ε = 10⁻³ n:
///
///     amplitude    FAL = 1/n Σ (|P| − |T|)²
///     correlation  FCL = 1 − (Σ Re(P·conj T) + ε) / √((Σ |P|² + ε)(Σ |T|² + ε))
///
/// ε is not in the paper. It makes frames without rain well defined, two empty ones equal, and keeps a nearly empty one
/// from having a large gradient. By Parseval's theorem the sums of FCL are Σ p·t, Σ p² and Σ t², so only FAL needs
/// transforms: one for both fields together, and one back for the gradient,
///
///     ∂FAL/∂p = 2/n · inverse((|P| − |T|)·P/|P|)
///
/// with the inverse orthonormal too. Where |P| is 0 the gradient is taken as 0.
package struct SpectralFrame {
  /// p, `[height, width]` row by row.
  package var prediction: [Double]
  /// t, in the same order.
  package var target: [Double]
  /// The derivatives for p, after ``loss(correlationShare:takesGradient:)``.
  package private(set) var gradient: [Double]
  private let transform: FourierTransform
  private var field: ComplexField

  package init(_ transform: FourierTransform) {
    self.transform = transform
    field = ComplexField(height: transform.height, width: transform.width)
    prediction = field.real
    target = prediction
    gradient = prediction
  }

  /// share · FCL + (1 − share) · FAL.
  package mutating func loss(correlationShare share: Double, takesGradient: Bool = true) -> Double {
    if takesGradient { for i in gradient.indices { gradient[i] = 0 } }
    var loss = 0.0
    if share < 1 { loss += amplitudeLoss(1 - share, takesGradient) }
    if share > 0 { loss += correlationLoss(share, takesGradient) }
    return loss
  }

  private mutating func correlationLoss(_ factor: Double, _ takesGradient: Bool) -> Double {
    let floor = 1e-3 * Double(prediction.count)
    var (products, predicted, observed) = (floor, floor, floor)
    for i in prediction.indices {
      let (p, t) = (prediction[i], target[i])
      products += p * t
      predicted += p * p
      observed += t * t
    }
    let norm = 1 / (predicted * observed).squareRoot()
    if takesGradient {
      let pull = factor * products * norm / predicted
      for i in gradient.indices { gradient[i] += pull * prediction[i] - factor * norm * target[i] }
    }
    return factor * (1 - products * norm)
  }

  private mutating func amplitudeLoss(_ factor: Double, _ takesGradient: Bool) -> Double {
    let pixels = Double(field.count)
    var energy = 0.0
    for i in prediction.indices {
      field.real[i] = prediction[i]
      field.imaginary[i] = target[i]
      energy += prediction[i] * prediction[i]
    }
    transform.forward(&field)
    // Below this an amplitude is rounding, and its phase says nothing.
    let sum = field.compareAmplitudes(rounding: 1e-13 * (energy * pixels).squareRoot())
    if takesGradient {
      transform.inverse(&field)
      for i in gradient.indices { gradient[i] += factor * 2 / pixels * field.real[i] }
    }
    return factor * sum / (pixels * pixels)
  }
}

extension ComplexField {
  /// Takes the transform of p + i·t for real p and t, returns Σ (|P| − |T|)² and becomes (|P| − |T|)·P/|P|, or 0 where
  /// |P| is at most `rounding`.
  fileprivate mutating func compareAmplitudes(rounding: Double) -> Double {
    let (height, width) = (height, width)
    return real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        var sum = 0.0
        for row in 0...height / 2 {
          let mirrorRow = row == 0 ? 0 : height - row
          for column in 0..<width {
            let here = row * width + column
            let mirror = mirrorRow * width + (column == 0 ? 0 : width - column)
            // Each pair once; rows 0 and height / 2 hold both members.
            guard mirror >= here else { continue }
            let (a, b) = (real[here], imaginary[here])
            let (c, d) = (real[mirror], imaginary[mirror])
            let (x, y) = ((a + c) / 2, (b - d) / 2)
            let predicted = (x * x + y * y).squareRoot()
            let observed = ((b + d) * (b + d) + (a - c) * (a - c)).squareRoot() / 2
            let difference = predicted - observed
            sum += (mirror == here ? 1 : 2) * difference * difference
            // Not `>`, so that NaN goes through.
            let slope = predicted <= rounding ? 0 : difference / predicted
            (real[here], imaginary[here]) = (slope * x, slope * y)
            (real[mirror], imaginary[mirror]) = (slope * x, -slope * y)
          }
        }
        return sum
      }
    }
  }
}
