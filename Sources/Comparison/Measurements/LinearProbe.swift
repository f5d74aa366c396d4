import TensorCore

/// How well a representation lets something be read off by a linear map: ridge regression on features that were
/// projected to a common dimension, its strength chosen on validation samples, R² on samples that were held out.
package struct LinearProbe {
  /// Features or targets, `[sample][value]`.
  package typealias Table = [[Double]]

  static let strengths = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000]

  /// The mean over the targets of the held-out R², at least −1; `nil` where a target does not vary.
  package static func score(
    training: (features: Table, targets: Table), validation: (features: Table, targets: Table),
    test: (features: Table, targets: Table)
  ) -> Double? {
    guard let width = training.features.first?.count, training.features.count > 2,
      !validation.features.isEmpty, test.features.count > 1
    else { return nil }
    let scaling = Scaling(training.features)
    let x = training.features.map(scaling.applied)
    let gram = (0..<width).map { i in (0..<width).map { j in x.reduce(0) { $0 + $1[i] * $1[j] } } }
    var best: (score: Double, weights: Table, means: [Double])?
    let means = Scaling.means(training.targets)
    let moments = (0..<width).map { i in
      means.indices.map { k in
        zip(x, training.targets).reduce(0) { $0 + $1.0[i] * ($1.1[k] - means[k]) }
      }
    }
    for strength in strengths {
      var system = gram
      for i in 0..<width { system[i][i] += strength * Double(x.count) / 10 }
      guard let weights = solved(system, moments) else { continue }
      let score = r2(validation.features.map(scaling.applied), validation.targets, weights, means)
      if let score, score > best?.score ?? -.infinity { best = (score, weights, means) }
    }
    return best.flatMap { r2(test.features.map(scaling.applied), test.targets, $0.weights, $0.means) }
  }

  /// A fixed random projection to `dimension` numbers, so that no representation has an advantage by its size.
  static func projected(_ values: [Float], to dimension: Int, seed: UInt64) -> [Double] {
    var result = [Double](repeating: 0, count: dimension)
    var random = RandomStream(seed: seed).substream("projection").substream(values.count)
    // Each value goes to four places with random signs (a sparse projection, Achlioptas 2003).
    for value in values {
      for _ in 0..<4 {
        let place = random.integer(below: 2 * dimension)
        result[place / 2] += place & 1 == 0 ? Double(value) : -Double(value)
      }
    }
    return result
  }

  // MARK: Parts

  private struct Scaling {
    let means: [Double]
    let deviations: [Double]

    init(_ table: Table) {
      means = Self.means(table)
      let means = means
      deviations = means.indices.map { i in
        let variance = table.reduce(0) { $0 + ($1[i] - means[i]) * ($1[i] - means[i]) } / Double(table.count)
        return max(variance.squareRoot(), 1e-9)
      }
    }

    func applied(_ row: [Double]) -> [Double] {
      row.indices.map { (row[$0] - means[$0]) / deviations[$0] }
    }

    static func means(_ table: Table) -> [Double] {
      (table.first ?? []).indices.map { i in table.reduce(0) { $0 + $1[i] } / Double(table.count) }
    }
  }

  private static func r2(_ x: Table, _ targets: Table, _ weights: Table, _ means: [Double]) -> Double? {
    let centre = Scaling.means(targets)
    var scores: [Double] = []
    for k in means.indices {
      var (left, total) = (0.0, 0.0)
      for (row, target) in zip(x, targets) {
        let prediction = means[k] + row.indices.reduce(0) { $0 + row[$1] * weights[$1][k] }
        left += (target[k] - prediction) * (target[k] - prediction)
        total += (target[k] - centre[k]) * (target[k] - centre[k])
      }
      if total > 1e-12 { scores.append(max(-1, 1 - left / total)) }
    }
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  /// The solution of a symmetric positive system by Cholesky's decomposition; `nil` if it is not positive.
  private static func solved(_ system: Table, _ right: Table) -> Table? {
    let n = system.count
    var lower = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
      for j in 0...i {
        var sum = system[i][j]
        for k in 0..<j { sum -= lower[i][k] * lower[j][k] }
        if i == j {
          guard sum > 0 else { return nil }
          lower[i][i] = sum.squareRoot()
        } else {
          lower[i][j] = sum / lower[j][j]
        }
      }
    }
    var result = right
    for column in (right.first ?? []).indices {
      for i in 0..<n {
        for k in 0..<i { result[i][column] -= lower[i][k] * result[k][column] }
        result[i][column] /= lower[i][i]
      }
      for i in (0..<n).reversed() {
        for k in i + 1..<n { result[i][column] -= lower[k][i] * result[k][column] }
        result[i][column] /= lower[i][i]
      }
    }
    return result
  }
}
