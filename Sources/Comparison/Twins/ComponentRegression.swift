import Support
import TensorCore

/// The linear twin of Conv2D + flatten + LSTM: the leading principal components of the whole frame, and a regression of
/// the future components on those of the last frames (EOF–VAR). Global and specific to each place, but low in rank.
struct ComponentRegression {
  static let ranks = [4, 8, 16, 32, 64]
  static let strengths = [1e-4, 1e-3, 1e-2, 1e-1, 1]

  let windows: FieldWindows
  /// How many components count.
  private(set) var rank = 0
  /// `[rank, pixels]`, orthonormal.
  private let basis: PrincipalComponents
  /// For each lead `[past × rank, rank]`.
  private var coefficients: [[Float]] = []

  init(_ windows: FieldWindows) {
    self.windows = windows
    let rows = windows.fitting.flatMap { windows.frame($0, lead: 0) }
    basis = PrincipalComponents(rows, columns: windows.pixels, most: Self.ranks.last ?? 1)
    let leads = windows.leads
    let (past, most) = (windows.past, basis.count)
    var equations = RidgeRegression(features: past * most, targets: leads.count * most)
    equations.add(observed(windows.fitting), future(windows.fitting))
    let (x, y) = (observed(windows.choosing), future(windows.choosing))
    var least = Double.infinity
    let ranks = Set(Self.ranks.map { min($0, most) }).sorted()
    for rank in ranks {
      let chosen = (0..<past).flatMap { frame in (0..<rank).map { frame * most + $0 } }
      for strength in Self.strengths {
        let all = equations.coefficients(strength: strength, of: chosen)
        let error = error(x, y, all, rank: rank, windows: windows.choosing.count)
        guard error < least else { continue }
        least = error
        self.rank = rank
        coefficients = leads.indices.map { lead in
          (0..<past * rank).flatMap { row in
            (0..<rank).map { all[(row * leads.count + lead) * most + $0] }
          }
        }
      }
    }
  }

  /// The forecasts of a window, for each lead `[height, width]`.
  func forecast(_ place: FieldWindows.Place) -> [[Float]] {
    let x = chosen(observed([place]), rank: rank)
    let components = Tensor(x, shape: [1, windows.past * rank])
    return coefficients.map { matrix in
      let future = MatrixProduct.multiply(components, Tensor(matrix, shape: [windows.past * rank, rank]))
      return MatrixProduct.multiply(future, basis.leading(rank)).values
    }
  }

  /// The components of the past frames, `[windows, past, most]`.
  private func observed(_ places: [FieldWindows.Place]) -> [Float] {
    basis.components(
      places.flatMap { place in
        (0..<windows.past).flatMap { windows.frame(place, lead: $0 - windows.past + 1) }
      })
  }

  /// The components of the frames to forecast, `[windows, lead, most]`.
  private func future(_ places: [FieldWindows.Place]) -> [Float] {
    basis.components(places.flatMap { place in windows.leads.flatMap { windows.frame(place, lead: $0) } })
  }

  /// The first `rank` components of each frame.
  private func chosen(_ components: [Float], rank: Int) -> [Float] {
    stride(from: 0, to: components.count, by: basis.count).flatMap { components[$0..<$0 + rank] }
  }

  /// The squared error of the components of all leads: what lies beyond the rank is forecast as zero, the mean.
  private func error(_ x: [Float], _ y: [Float], _ all: [Float], rank: Int, windows count: Int) -> Double {
    let (leads, most) = (windows.leads.count, basis.count)
    let forecast = MatrixProduct.multiply(
      Tensor(chosen(x, rank: rank), shape: [count, windows.past * rank]),
      Tensor(all, shape: [windows.past * rank, leads * most])
    ).values
    var sum = 0.0
    for index in y.indices {
      let value = index % most < rank ? forecast[index] : 0
      sum += Double((value - y[index]) * (value - y[index]))
    }
    return sum
  }
}

/// The leading principal components of rows (empirical orthogonal functions, Lorenz 1956), by subspace iteration from
/// random vectors (Halko, Martinsson & Tropp 2011).
struct PrincipalComponents {
  let columns: Int
  /// How many there are.
  let count: Int
  /// `[count, columns]`, orthonormal, those of the most variance first.
  let vectors: [Float]

  /// - Parameters:
  ///   - rows: `[rows, columns]`, of mean zero.
  ///   - most: How many are wanted; fewer where there are fewer rows or columns.
  init(_ rows: [Float], columns: Int, most: Int) {
    self.columns = columns
    let number = rows.count / columns
    count = max(1, min(most, columns, number))
    let data = Tensor(rows, shape: [number, columns])
    let size = min(count + 8, columns, max(number, 1))
    var random = RandomStream(seed: 1).substream("principal components")
    var subspace = (0..<size * columns).map { _ in random.normal() }
    for _ in 0..<6 {
      Self.orthonormalize(&subspace, count: size, columns)
      let scores = MatrixProduct.multiply(data, Tensor(subspace, shape: [size, columns]), transposingB: true)
      subspace = MatrixProduct.multiply(scores, data, transposingA: true).values
    }
    Self.orthonormalize(&subspace, count: size, columns)
    let space = Tensor(subspace, shape: [size, columns])
    let scores = MatrixProduct.multiply(data, space, transposingB: true)
    let covariance = MatrixProduct.multiply(scores, scores, transposingA: true).values.map { Double($0) }
    let eigen = SymmetricEigenvalues(covariance, order: size)
    let rotation = eigen.vectors.prefix(count).flatMap { $0.map { Float($0) } }
    vectors = MatrixProduct.multiply(Tensor(rotation, shape: [count, size]), space).values
  }

  /// The components of frames: `[frames, columns]` to `[frames, count]`.
  func components(_ frames: [Float]) -> [Float] {
    MatrixProduct.multiply(
      Tensor(frames, shape: [frames.count / columns, columns]), leading(count), transposingB: true
    ).values
  }

  /// The first vectors, `[rank, columns]`.
  func leading(_ rank: Int) -> Tensor {
    Tensor(Array(vectors.prefix(rank * columns)), shape: [rank, columns])
  }

  /// Modified Gram–Schmidt, twice.
  private static func orthonormalize(_ rows: inout [Float], count: Int, _ columns: Int) {
    for row in 0..<count {
      for _ in 0..<2 {
        for other in 0..<row {
          var dot = 0.0
          for k in 0..<columns { dot += Double(rows[row * columns + k]) * Double(rows[other * columns + k]) }
          for k in 0..<columns { rows[row * columns + k] -= Float(dot) * rows[other * columns + k] }
        }
        var square = 0.0
        for k in 0..<columns { square += Double(rows[row * columns + k]) * Double(rows[row * columns + k]) }
        let scale = square > 0 ? Float(1 / square.squareRoot()) : 0
        for k in 0..<columns { rows[row * columns + k] *= scale }
      }
    }
  }
}
