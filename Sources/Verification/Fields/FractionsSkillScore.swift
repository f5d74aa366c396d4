/// Fractions skill score (Roberts & Lean 2008): 1 − Σ (f − o)² / (Σ f² + Σ o²) = 2 Σ f o / (Σ f² + Σ o²),
/// with f and o the share of events in the square of `scale` × `scale` pixels around each pixel.
///
/// 0 to 1, higher is better; it forgives displacements up to about half the scale. An event lies above the
/// threshold (`>`, as everywhere here; pysteps' own function takes `>=`). Beyond the edge and where pixels
/// are missing there is no event, and a missing pixel is no centre. Sums are pooled over all fields.
public struct FractionsSkillScore: FieldScore {
  /// Events lie above this value, in the unit of the fields.
  public let threshold: Float
  /// The side of the squares in pixels.
  public let scale: Int
  /// Σ f², Σ o² and Σ f o.
  public private(set) var forecastSquares = 0.0
  public private(set) var observationSquares = 0.0
  public private(set) var products = 0.0

  /// - Throws: ``VerificationError`` for a scale below 1 or a threshold that is not a number.
  public init(threshold: Float, scale: Int) throws(VerificationError) {
    guard scale >= 1, threshold.isFinite else {
      throw VerificationError(
        expected: "a finite threshold and a scale of at least 1 pixel", received: "\(threshold), \(scale)",
        remedy: "Name the scale as the side of a square in pixels.")
    }
    self.threshold = threshold
    self.scale = scale
  }

  /// nil where nothing is forecast or observed.
  public var value: Double? {
    let squares = forecastSquares + observationSquares
    return ratio(2 * products, squares)
  }

  public mutating func add(_ field: FieldPair) {
    let (height, width) = (field.height, field.width)
    var forecast = [Int32](repeating: 0, count: height * width)
    var observation = forecast
    var valid = [Bool](repeating: false, count: height * width)
    for index in 0..<field.pixels.count where field.pixels.isValid(index) {
      valid[index] = true
      forecast[index] = field.pixels.forecast[index] > threshold ? 1 : 0
      observation[index] = field.pixels.observation[index] > threshold ? 1 : 0
    }
    let f = counts(forecast, height, width)
    let o = counts(observation, height, width)
    var (ff, oo, fo) = (0.0, 0.0, 0.0)
    for index in valid.indices where valid[index] {
      let (x, y) = (Double(f[index]), Double(o[index]))
      ff += x * x
      oo += y * y
      fo += x * y
    }
    let area = Double(scale * scale)
    forecastSquares += ff / (area * area)
    observationSquares += oo / (area * area)
    products += fo / (area * area)
  }

  /// - Precondition: the same threshold and scale.
  public mutating func merge(_ other: FractionsSkillScore) {
    precondition(threshold == other.threshold && scale == other.scale, "Other options do not mix.")
    forecastSquares += other.forecastSquares
    observationSquares += other.observationSquares
    products += other.products
  }

  /// How many events lie in the square around each pixel. An even square reaches one pixel farther up and
  /// left.
  private func counts(_ events: [Int32], _ height: Int, _ width: Int) -> [Int32] {
    let (before, after) = (scale / 2, scale - scale / 2 - 1)
    var rows = [Int32](repeating: 0, count: events.count)
    for row in 0..<height {
      var sums = [Int32](repeating: 0, count: width + 1)
      for column in 0..<width { sums[column + 1] = sums[column] + events[row * width + column] }
      for column in 0..<width {
        rows[row * width + column] = sums[min(column + after + 1, width)] - sums[max(column - before, 0)]
      }
    }
    var sums = [Int32](repeating: 0, count: (height + 1) * width)
    for row in 0..<height {
      for column in 0..<width {
        sums[(row + 1) * width + column] = sums[row * width + column] + rows[row * width + column]
      }
    }
    var result = rows
    for row in 0..<height {
      let (top, bottom) = (max(row - before, 0) * width, min(row + after + 1, height) * width)
      for column in 0..<width { result[row * width + column] = sums[bottom + column] - sums[top + column] }
    }
    return result
  }
}
