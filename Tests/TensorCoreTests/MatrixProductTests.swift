import TensorCore
import Testing

extension KernelTests {
  @Suite struct MatrixProductTests {
    @Test(arguments: [(1, 1, 1), (3, 5, 2), (17, 33, 9), (64, 1, 130), (1, 70, 40), (129, 65, 257)])
    func equalsItsTwin(_ sizes: (m: Int, n: Int, k: Int)) {
      let a = numbers(sizes.m * sizes.k, seed: 1)
      let b = numbers(sizes.k * sizes.n, seed: 2)
      let c = numbers(sizes.m * sizes.n, seed: 3)
      for (transposingA, transposingB) in [(false, false), (true, false), (false, true), (true, true)] {
        let expected = PlainMatrixProduct.multiply(
          a, b, m: sizes.m, n: sizes.n, k: sizes.k, transposingA: transposingA, transposingB: transposingB)
        let first = tensor(a, transposingA ? [sizes.k, sizes.m] : [sizes.m, sizes.k])
        let second = tensor(b, transposingB ? [sizes.n, sizes.k] : [sizes.k, sizes.n])
        withTeams {
          for backend in backends {
            Backend.using(backend) {
              let product = MatrixProduct.multiply(
                first, second, transposingA: transposingA, transposingB: transposingB)
              #expect(product.shape == [sizes.m, sizes.n])
              expectClose(product.values, expected, 1e-5, "\(transposingA) \(transposingB) \(backend)")
              var sum = tensor(c, [sizes.m, sizes.n])
              MatrixProduct.accumulate(
                first, second, into: &sum, transposingA: transposingA, transposingB: transposingB)
              expectClose(sum.values, zip(c, expected).map { $0 + $1 }, 1e-5, "accumulated \(backend)")
            }
          }
        }
      }
    }

    @Test(arguments: backends)
    func multipliesByHand(_ backend: Backend) {
      let product = Backend.using(backend) {
        MatrixProduct.multiply(
          Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), Tensor([1, 0, 2, 1, 0, 3], shape: [3, 2]))
      }
      #expect(product.values == [5, 11, 14, 23])
    }

    @Test(arguments: backends)
    func passesNaNOn(_ backend: Backend) {
      let product = Backend.using(backend) {
        MatrixProduct.multiply(
          Tensor([1, .nan, 3, 4], shape: [2, 2]), Tensor([0, 0, 0, 0], shape: [2, 2]))
      }
      #expect(product.values[0].isNaN && product.values[1].isNaN)
      #expect(product.values[2] == 0 && product.values[3] == 0)
    }
  }
}
