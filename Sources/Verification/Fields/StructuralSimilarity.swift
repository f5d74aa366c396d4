import Foundation

/// Structural similarity (Wang et al. 2004): over windows x of the forecast and y of the observation, the
/// mean of
///
///     (2 μx μy + c₁)(2 σxy + c₂) / ((μx² + μy² + c₁)(σx² + σy² + c₂)),  c₁ = (0.01 L)², c₂ = (0.03 L)²
///
/// At most 1, higher is better. It depends on the data range L, which is therefore always stated: 1 for
/// images in 0…1, 255 for bytes, and for rain whatever a paper names. Windows that reach over the edge or
/// hold a missing pixel do not count. The value is the mean over the fields of their means, as
/// scikit-image's `structural_similarity` gives it for each.
public struct StructuralSimilarity: FieldScore {
  /// What a window is.
  public enum Window: String, CaseIterable, Codable, Sendable {
    /// 7 × 7 pixels of equal weight, sample covariance (n − 1): scikit-image's default.
    case uniform
    /// Gaussian weights of σ = 1.5 over 11 × 11 pixels, population covariance: the paper's.
    case gaussian
  }

  /// L, the distance of the largest and the smallest possible value, in the unit of the fields.
  public let dataRange: Double
  public let window: Window
  public private(set) var sumOfMeans = 0.0
  /// Fields with at least one window.
  public private(set) var fields = 0
  /// Fields too small or too incomplete for a single window.
  public private(set) var fieldsWithoutWindow = 0

  /// - Throws: ``VerificationError`` for a data range that is not positive.
  public init(dataRange: Double, window: Window = .uniform) throws(VerificationError) {
    guard dataRange > 0, dataRange.isFinite else {
      throw VerificationError(
        expected: "a positive data range", received: "\(dataRange)",
        remedy: "Name the distance of the largest and the smallest possible value.")
    }
    self.dataRange = dataRange
    self.window = window
  }

  /// nil without a window.
  public var value: Double? { ratio(sumOfMeans, Double(fields)) }

  public mutating func add(_ field: FieldPair) {
    if let mean = mean(field) {
      sumOfMeans += mean
      fields += 1
    } else {
      fieldsWithoutWindow += 1
    }
  }

  /// - Precondition: the same data range and window.
  public mutating func merge(_ other: StructuralSimilarity) {
    precondition(dataRange == other.dataRange && window == other.window, "Other options do not mix.")
    sumOfMeans += other.sumOfMeans
    fields += other.fields
    fieldsWithoutWindow += other.fieldsWithoutWindow
  }

  private var weights: [Double] {
    switch window {
    case .uniform: return [Double](repeating: 1 / 7, count: 7)
    case .gaussian:
      let raw = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
      let sum = raw.reduce(0, +)
      return raw.map { $0 / sum }
    }
  }

  private func mean(_ field: FieldPair) -> Double? {
    let (x, y, valid) = field.copies()
    let weights = weights
    func smooth(_ values: [Double]) -> [Double] {
      windowSums(values, field.height, field.width, weights)
    }
    let (mx, my) = (smooth(x), smooth(y))
    guard !mx.isEmpty else { return nil }
    let xx = smooth(zip(x, x).map { $0 * $1 })
    let yy = smooth(zip(y, y).map { $0 * $1 })
    let xy = smooth(zip(x, y).map { $0 * $1 })
    let missing = valid.contains(false) ? smooth(valid.map { $0 ? 0 : 1 }) : []
    let pixels = Double(weights.count * weights.count)
    let correction = window == .uniform ? pixels / (pixels - 1) : 1
    let c1 = (0.01 * dataRange) * (0.01 * dataRange)
    let c2 = (0.03 * dataRange) * (0.03 * dataRange)
    var (sum, count) = (0.0, 0)
    for index in mx.indices where missing.isEmpty || missing[index] == 0 {
      let (a, b) = (mx[index], my[index])
      let (vx, vy) = (correction * (xx[index] - a * a), correction * (yy[index] - b * b))
      let covariance = correction * (xy[index] - a * b)
      sum += (2 * a * b + c1) * (2 * covariance + c2) / ((a * a + b * b + c1) * (vx + vy + c2))
      count += 1
    }
    return ratio(sum, Double(count))
  }
}

/// Weighted sums over the windows that lie inside, `[height − n + 1, width − n + 1]`; empty where none does.
func windowSums(_ values: [Double], _ height: Int, _ width: Int, _ weights: [Double]) -> [Double] {
  let (rows, columns) = (height - weights.count + 1, width - weights.count + 1)
  guard rows > 0, columns > 0 else { return [] }
  var down = [Double](repeating: 0, count: rows * width)
  for row in 0..<rows {
    for (offset, weight) in weights.enumerated() {
      let source = (row + offset) * width
      for column in 0..<width { down[row * width + column] += weight * values[source + column] }
    }
  }
  var result = [Double](repeating: 0, count: rows * columns)
  for row in 0..<rows {
    for (offset, weight) in weights.enumerated() {
      let source = row * width + offset
      for column in 0..<columns { result[row * columns + column] += weight * down[source + column] }
    }
  }
  return result
}
