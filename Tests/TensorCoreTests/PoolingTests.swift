import TensorCore
import Testing

extension KernelTests {
  @Suite struct PoolingTests {
    struct Case: Sendable {
      var input: Shape
      var window: [Int]
      var strides: [Int]
      var padding: Padding

      var geometry: PoolingGeometry {
        get throws {
          try PoolingGeometry(input: input, window: window, strides: strides, padding: padding)
        }
      }
    }

    static let cases: [Case] = [
      .init(input: [2, 9, 3], window: [2], strides: [2], padding: .valid),
      .init(input: [2, 7, 10, 16], window: [2, 2], strides: [2, 2], padding: .same),
      .init(input: [3, 8, 5, 1], window: [3, 2], strides: [1, 2], padding: .same),
      .init(input: [1, 6, 9, 21], window: [3, 3], strides: [2, 1], padding: .valid),
      .init(input: [2, 4, 5, 6, 3], window: [2, 1, 3], strides: [2, 1, 2], padding: .same),
    ]

    @Test(arguments: cases)
    func equalsItsTwin(_ sizes: Case) throws {
      let g = try sizes.geometry
      let x = numbers(g.inputShape.count, seed: 1)
      let dy = numbers(g.outputShape.count, seed: 2)
      let (largest, winners) = PlainPooling.maximum(x, g)
      let dxOfMaximum = PlainPooling.maximumGradient(dy, winners: winners, g)
      let mean = PlainPooling.average(x, g)
      let dxOfAverage = PlainPooling.averageGradient(dy, g)
      let (xs, dys) = (tensor(x, g.inputShape), tensor(dy, g.outputShape))
      withTeams {
        for backend in backends {
          Backend.using(backend) {
            let (output, winners) = Pooling.maximum(xs, g, keepingWinners: true)
            #expect(output.shape == g.outputShape)
            expectClose(output.values, largest, 0, "maximum, \(backend)")
            #expect(Pooling.maximum(xs, g, keepingWinners: false).output == output)
            let gradient = Pooling.maximumGradient(dys, winners: winners!, g)
            expectClose(gradient.values, dxOfMaximum, 1e-6, "gradient of maximum, \(backend)")
            expectClose(Pooling.average(xs, g).values, mean, 1e-5, "average, \(backend)")
            let spread = Pooling.averageGradient(dys, g)
            #expect(spread.shape == g.inputShape)
            expectClose(spread.values, dxOfAverage, 1e-5, "gradient of average, \(backend)")
          }
        }
      }
    }

    @Test(arguments: cases)
    func twinHasTheGradientsOfItsForward(_ sizes: Case) throws {
      let g = try sizes.geometry
      let x = numbers(g.inputShape.count, seed: 3)
      let dy = numbers(g.outputShape.count, seed: 4)
      expectDifferences(
        of: { PlainPooling.maximum($0, g).output }, at: x, weights: dy,
        gradient: PlainPooling.maximumGradient(dy, winners: PlainPooling.maximum(x, g).winners, g), "maximum")
      expectDifferences(
        of: { PlainPooling.average($0, g) }, at: x, weights: dy,
        gradient: PlainPooling.averageGradient(dy, g), "average")
    }

    /// Padding is neither a zero that could win nor a zero in the mean.
    @Test(arguments: backends)
    func paddingDoesNotCount(_ backend: Backend) throws {
      let g = try PoolingGeometry(input: [1, 3, 1], window: [2], strides: [2], padding: .same)
      let x = Tensor([-4, -2, -6], shape: [1, 3, 1])
      Backend.using(backend) {
        #expect(Pooling.maximum(x, g, keepingWinners: false).output.values == [-2, -6])
        #expect(Pooling.average(x, g).values == [-3, -6])
      }
    }

    @Test(arguments: backends)
    func averagePassesNaNOn(_ backend: Backend) throws {
      let g = try PoolingGeometry(input: [1, 4, 2], window: [2], strides: [2], padding: .valid)
      let x = Tensor([1, 2, .nan, 4, 5, 6, 7, 8], shape: [1, 4, 2])
      let y = Backend.using(backend) { Pooling.average(x, g).values }
      #expect(y[0].isNaN)
      #expect(Array(y[1...]) == [3, 6, 7])
    }

    @Test func refusesWhatDoesNotFit() {
      func kind(_ input: Shape, _ window: [Int], _ strides: [Int]) -> ShapeError.Kind? {
        do {
          _ = try PoolingGeometry(input: input, window: window, strides: strides, padding: .valid)
          return nil
        } catch { return error.kind }
      }
      #expect(kind([2, 4, 4], [2, 2], [2, 2]) == .wrongRank)
      #expect(kind([2, 4, 4, 3], [2, 2], [2]) == .wrongRank)
      #expect(kind([2, 4, 1, 3], [2, 2], [2, 2]) == .kernelLargerThanInput)
      #expect(kind([2, 0, 4, 3], [2, 2], [2, 2]) == .emptyDimension)
      #expect(kind([2, 4, 4, 3], [2, 2], [2, 0]) == .invalidOption)
    }
  }
}
