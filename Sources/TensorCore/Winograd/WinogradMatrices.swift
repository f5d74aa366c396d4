/// The matrices of F(9 − kernel, kernel) with tiles of 8, or of F(7 − kernel, kernel) with tiles of 6, by the
/// construction of Toom and Cook: both polynomials are evaluated at the points 0, 1, −1, 2, −2, ½, −½ and ∞ (tiles of 6
/// do without the halves), multiplied there, and the product is interpolated. The transposed algorithm turns that
/// product into a correlation (A. Lavin and S. Gray 2016).
///
/// y = Aᵀ ((G w) ⊙ (Bᵀ d)). Entries of A and B are dyadic and exact in any binary type; those of G are quotients,
/// rounded once.
package struct WinogradMatrices<S: PlainScalar>: Sendable {
  /// Side of a tile along the axis, and outputs that it gives.
  package let tile: Int
  package let outputs: Int
  package let kernel: Int
  /// `[tile][tile]`: input tile to points.
  package let inputToPoints: [[S]]
  /// `[tile][kernel]`: kernel to points.
  package let kernelToPoints: [[S]]
  /// `[outputs][tile]`: points to output tile.
  package let pointsToOutput: [[S]]

  static var points: [S] { [0, 1, -1, 2, -2, 0.5, -0.5] }

  /// - Parameters:
  ///   - kernel: 2…7, at most 5 for tiles of 6.
  ///   - tile: 8 or 6.
  package init(kernel: Int, tile: Int) {
    precondition(tile == 8 || tile == 6, "tiles are 8 or 6 long, not \(tile)")
    precondition((2..<tile).contains(kernel), "no tile of \(tile) for a kernel of \(kernel)")
    let points = Array(Self.points.prefix(tile - 1))
    let outputs = tile + 1 - kernel
    self.tile = tile
    self.outputs = outputs
    self.kernel = kernel
    // Π (x − q), lowest power first.
    func polynomial(_ roots: [S]) -> [S] {
      roots.reduce([1]) { product, root in
        var next = [S](repeating: 0, count: product.count + 1)
        for (power, value) in product.enumerated() {
          next[power + 1] += value
          next[power] -= root * value
        }
        return next
      }
    }
    func power(_ x: S, _ n: Int) -> S { (0..<n).reduce(1) { value, _ in value * x } }
    func last(_ count: Int) -> [S] { (0..<count).map { $0 == count - 1 ? 1 : 0 } }

    inputToPoints =
      points.indices.map { i in
        polynomial(points.enumerated().filter { $0.offset != i }.map(\.element)) + [0]
      } + [polynomial(points)]
    kernelToPoints =
      points.enumerated().map { i, p in
        let divisor = points.enumerated().reduce(S(1)) { $1.offset == i ? $0 : $0 * (p - $1.element) }
        return (0..<kernel).map { power(p, $0) / divisor }
      } + [last(kernel)]
    pointsToOutput = (0..<outputs).map { k in points.map { power($0, k) } + [k == outputs - 1 ? 1 : 0] }
  }
}
