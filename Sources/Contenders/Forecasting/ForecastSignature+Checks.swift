import TensorCore

extension ForecastSignature {
  /// What the names of layers begin with that see the decoder's guidance.
  public var guidanceName: String { decoding == .autoregressive ? "previous_" : "advected_" }

  /// Checks that a contender can divide the frames.
  ///
  /// - Parameters:
  ///   - divisor: What height and width must be multiples of.
  ///   - contender: Who divides them.
  ///   - hint: The contender with an option that divides less, for the error.
  /// - Throws: `ShapeError` that names `--tile-size`.
  func requireMultiples(of divisor: Int, contender: any ForecastContender, hint: String) throws {
    guard height % divisor == 0, width % divisor == 0 else {
      throw ShapeError(
        .wrongLength, in: "\(contender.displayName) forecaster",
        expected: "frames whose height and width are multiples of \(divisor)",
        received: "\(height) × \(width)", remedy: "Choose another --tile-size, or options such as \(hint).")
    }
  }
}
