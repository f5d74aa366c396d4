/// The transforms along one axis of a field: by prime factors where these are small, with a chirp elsewhere.
struct FourierAxis: Sendable {
  private let line: FourierLine
  private let chirp: ChirpTransform?

  init(_ count: Int) {
    line = FourierLine(count)
    chirp = line.largestFactor > 31 ? ChirpTransform(count) : nil
  }

  /// How many blocks of numbers ``transform(_:_:block:sign:scratch:)`` needs.
  var scratch: Int { chirp.map { 4 * $0.length } ?? 2 * line.count }

  /// Σ x(n) e^(sign · 2πi kn/N) of `count` blocks, in place.
  func transform(
    _ real: FourierLine.Numbers, _ imaginary: FourierLine.Numbers, block: Int, sign: Double,
    scratch: FourierLine.Numbers
  ) {
    if let chirp {
      chirp.transform(real, imaginary, block: block, sign: sign, scratch: scratch)
    } else {
      line.transform(real, imaginary, block: block, sign: sign, scratch: scratch)
    }
  }
}
