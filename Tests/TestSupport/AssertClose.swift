import TensorCore
import Testing

/// Squall's one rule of agreement: the largest difference is at most `tolerance` times the root mean square of the
/// reference (1e-5 for exact paths, 1e-4 for their gradients). A reference of zeros must be met within
/// `tolerance` itself. NaN and infinity must stand at the same places.
public func assertClose(
  _ actual: [Float], _ reference: [Float], tolerance: Double, _ what: String = "values",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == reference.count else {
    Issue.record("\(what): \(actual.count) values against \(reference.count)", sourceLocation: sourceLocation)
    return
  }
  var squares = 0.0
  var finite = 0
  var largest = 0.0
  var place = 0
  for (i, (a, r)) in zip(actual, reference).enumerated() {
    guard r.isFinite else {
      if !(r.isNaN ? a.isNaN : a == r) {
        Issue.record("\(what)[\(i)]: \(a) against \(r)", sourceLocation: sourceLocation)
        return
      }
      continue
    }
    squares += Double(r) * Double(r)
    finite += 1
    let difference = abs(Double(a) - Double(r))
    if !(difference <= largest) {
      largest = difference
      place = i
    }
  }
  let rms = (squares / Double(max(finite, 1))).squareRoot()
  let bound = tolerance * (rms > 0 ? rms : 1)
  if !(largest <= bound) {
    Issue.record(
      """
      \(what): largest difference \(largest) at \(place) (\(actual[place]) against \(reference[place])), \
      allowed \(bound) = \(tolerance) × RMS \(rms)
      """, sourceLocation: sourceLocation)
  }
}

/// The same for tensors, whose shapes must be equal too.
public func assertClose(
  _ actual: Tensor, _ reference: Tensor, tolerance: Double, _ what: String = "values",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == reference.shape, "\(what)", sourceLocation: sourceLocation)
  guard actual.shape == reference.shape else { return }
  assertClose(
    actual.values, reference.values, tolerance: tolerance, what, sourceLocation: sourceLocation)
}
