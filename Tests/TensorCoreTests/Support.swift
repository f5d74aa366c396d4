import TensorCore
import Testing

/// Numbers without pattern between −scale and scale, the same for the same seed.
func numbers(_ count: Int, seed: UInt64, scale: Double = 1) -> [Double] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    // Multiples of 2⁻¹⁶ are exact in Float, so that both types start from the same numbers.
    return (Double(state >> 47) / 65536 - 1) * scale
  }
}

func tensor(_ values: [Double], _ shape: Shape) -> Tensor { Tensor(values.map { Float($0) }, shape: shape) }

/// max |a − b| ≤ tolerance × RMS of the reference.
func expectClose(
  _ values: [Float], _ reference: [Double], _ tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.count == reference.count, "\(what)", sourceLocation: sourceLocation)
  guard values.count == reference.count else { return }
  let rms = (reference.reduce(0) { $0 + $1 * $1 } / Double(max(reference.count, 1))).squareRoot()
  var worst = 0.0
  for (a, b) in zip(values, reference) {
    let difference = abs(Double(a) - b)
    if !(difference <= worst) { worst = difference }
  }
  #expect(worst <= tolerance * rms, "\(what): \(worst) against \(rms)", sourceLocation: sourceLocation)
}

/// A gradient in double against central differences of Σ weights · f(x), along each of some coordinates.
func expectDifferences(
  of f: ([Double]) -> [Double], at x: [Double], weights: [Double], gradient: [Double], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(gradient.count == x.count, "\(what)", sourceLocation: sourceLocation)
  guard gradient.count == x.count else { return }
  func weighted(_ x: [Double]) -> Double { zip(f(x), weights).reduce(0) { $0 + $1.0 * $1.1 } }
  let step = 1e-5
  let rms = (gradient.reduce(0) { $0 + $1 * $1 } / Double(gradient.count)).squareRoot()
  for j in stride(from: 0, to: x.count, by: max(1, x.count / 23)) {
    var above = x, below = x
    above[j] += step
    below[j] -= step
    let slope = (weighted(above) - weighted(below)) / (2 * step)
    #expect(
      abs(slope - gradient[j]) <= 1e-7 * max(rms, 1), "\(what)[\(j)]: \(gradient[j]) against \(slope)",
      sourceLocation: sourceLocation)
  }
}

/// Runs `body` with a team of each size. The suites that resize the team run one after another.
func withTeams(_ sizes: [Int] = [1, 2], _ body: () throws -> Void) rethrows {
  let size = ThreadTeam.count
  defer { ThreadTeam.resize(to: size) }
  for count in sizes {
    ThreadTeam.resize(to: count)
    try body()
  }
}

/// Both backends where there are two.
let backends: [Backend] = Backend.oneDNNIsAvailable ? [.oneDNN, .plain] : [.plain]
