/// How the page prints squared and absolute errors. `results.json` and the CSV files hold means over pixels always.
package enum ErrorConvention: String, Codable, CaseIterable, Sendable {
  /// Means over pixels.
  case perPixel = "per-pixel"
  /// Sums over the pixels of a frame, means over frames, as OpenSTL and the papers on moving digits print them.
  case openSTL = "openstl"
}

extension ComparisonReport {
  /// Pixels of a frame that is scored; 1 where errors are printed per pixel.
  var errorFactor: Double {
    conventions == .openSTL ? Double(framePixels ?? 1) : 1
  }

  private var framePixels: Int? { data.tiles.map { $0.height * $0.width } }

  /// Errors as they are printed.
  func printed(_ score: ShownScore) -> ShownScore {
    let factor = errorFactor
    return ShownScore(
      value: score.value.map { $0 * factor },
      interval: score.interval.flatMap { ScoreInterval(lower: $0.lower * factor, upper: $0.upper * factor) })
  }

  /// "MSE", or "MSE, sum over a frame".
  func errorName(_ name: String) -> String { conventions == .openSTL ? "\(name), sum over a frame" : name }

  /// Which convention is printed, and how to get the other.
  var conventionText: String {
    let factor = framePixels.map { "the \(Format.count($0)) pixels of a tile" } ?? "the pixels of a frame"
    return conventions == .openSTL
      ? "MSE and MAE are printed as OpenSTL does: summed over \(factor), then averaged over frames; "
        + "results.json and the CSV files hold means over pixels (--conventions per-pixel prints those)."
      : "MSE and MAE are means over pixels in the unit of the data; OpenSTL prints sums over \(factor) "
        + "(--conventions openstl prints those)."
  }
}
