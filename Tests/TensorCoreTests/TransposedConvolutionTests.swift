import TensorCore
import Testing

extension KernelTests {
  @Suite struct TransposedConvolutionTests {
    struct Case: Sendable {
      var input: Shape
      var kernel: Shape
      var strides: [Int]
      var padding: Padding
      var outputPadding: [Int]?
      var output: [Int]
    }

    /// Output sizes as Keras 3 gives them.
    static let cases: [Case] = [
      .init(input: [2, 4, 3, 5], kernel: [3, 3, 2, 5], strides: [2, 2], padding: .same, output: [8, 6]),
      .init(input: [2, 4, 3, 5], kernel: [3, 2, 2, 5], strides: [2, 3], padding: .valid, output: [9, 9]),
      .init(
        input: [1, 4, 6, 16], kernel: [2, 2, 8, 16], strides: [3, 1], padding: .valid, output: [12, 7]),
      .init(input: [1, 5, 4, 3], kernel: [5, 4, 2, 3], strides: [1, 1], padding: .same, output: [5, 4]),
      .init(
        input: [2, 4, 5, 3], kernel: [3, 3, 4, 3], strides: [2, 2], padding: .same, outputPadding: [1, 0],
        output: [8, 9]),
      .init(
        input: [2, 4, 5, 3], kernel: [3, 3, 4, 3], strides: [2, 3], padding: .valid, outputPadding: [1, 0],
        output: [10, 15]),
    ]

    /// Each input element spreads the kernel over the output at stride distance: the definition, written on its
    /// own for two space axes.
    static func spread(
      _ x: [Double], _ w: [Double], _ g: TransposedConvolutionGeometry, before: [Int]
    ) -> [Double] {
      let (i, o, k) = (g.inputShape, g.outputShape, g.kernelShape)
      let strides = g.mirrored.strides
      var y = [Double](repeating: 0, count: o.count)
      for n in 0..<i[0] {
        for r in 0..<i[1] {
          for c in 0..<i[2] {
            for p in 0..<k[0] {
              for q in 0..<k[1] {
                let (row, column) = (r * strides[0] + p - before[0], c * strides[1] + q - before[1])
                guard (0..<o[1]).contains(row), (0..<o[2]).contains(column) else { continue }
                for to in 0..<o[3] {
                  for from in 0..<i[3] {
                    y[((n * o[1] + row) * o[2] + column) * o[3] + to] +=
                      x[((n * i[1] + r) * i[2] + c) * i[3] + from]
                      * w[((p * k[1] + q) * k[2] + to) * k[3] + from]
                  }
                }
              }
            }
          }
        }
      }
      return y
    }

    @Test(arguments: cases)
    func spreadsTheKernel(_ sizes: Case) throws {
      let g = try TransposedConvolutionGeometry(
        input: sizes.input, kernel: sizes.kernel, strides: sizes.strides, dilations: [1, 1],
        padding: sizes.padding, outputPadding: sizes.outputPadding)
      #expect(Array(g.outputShape.dimensions[1...2]) == sizes.output)
      let x = numbers(g.inputShape.count, seed: 1)
      let w = numbers(g.kernelShape.count, seed: 2)
      let b = numbers(g.outputShape[-1], seed: 3)
      let expected = Self.spread(x, w, g, before: g.mirrored.paddingBefore)
      for backend in backends {
        Backend.using(backend) {
          let y = TransposedConvolution.forward(
            tensor(x, g.inputShape), kernel: tensor(w, g.kernelShape), bias: tensor(b, [b.count]), g)
          expectClose(
            y.values, expected.enumerated().map { $1 + b[$0 % b.count] }, 1e-5, "forward, \(backend)")
        }
      }
    }

    /// ⟨dy, T x⟩ = ⟨dx, x⟩ = ⟨dw, w⟩, because the operation is linear in both.
    @Test(arguments: cases)
    func hasTheGradientsOfALinearMap(_ sizes: Case) throws {
      let g = try TransposedConvolutionGeometry(
        input: sizes.input, kernel: sizes.kernel, strides: sizes.strides, dilations: [1, 1],
        padding: sizes.padding, outputPadding: sizes.outputPadding)
      let x = tensor(numbers(g.inputShape.count, seed: 4), g.inputShape)
      let w = tensor(numbers(g.kernelShape.count, seed: 5), g.kernelShape)
      let dy = tensor(numbers(g.outputShape.count, seed: 6), g.outputShape)
      func product(_ a: Tensor, _ b: Tensor) -> Double {
        zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      for backend in backends {
        Backend.using(backend) {
          let y = TransposedConvolution.forward(x, kernel: w, bias: nil, g)
          let dx = TransposedConvolution.inputGradient(dy, kernel: w, g)
          let dw = TransposedConvolution.kernelGradient(input: x, outputGradient: dy, g)
          #expect(dx.shape == x.shape && dw.shape == w.shape)
          let value = product(dy, y)
          let scale = (product(dy, dy) * product(y, y)).squareRoot()
          #expect(abs(product(dx, x) - value) < 1e-6 * scale)
          #expect(abs(product(dw, w) - value) < 1e-6 * scale)
        }
      }
    }

    @Test func refusesWhatDoesNotFit() {
      func kind(_ input: Shape, _ kernel: Shape, strides: [Int], outputPadding: [Int]?) -> ShapeError.Kind? {
        do {
          _ = try TransposedConvolutionGeometry(
            input: input, kernel: kernel, strides: strides, dilations: [1, 1], padding: .same,
            outputPadding: outputPadding)
          return nil
        } catch { return error.kind }
      }
      #expect(kind([2, 4, 5, 3], [3, 3, 4, 3], strides: [2, 2], outputPadding: [2, 0]) == .invalidOption)
      #expect(kind([2, 4, 5, 3], [3, 3, 4, 3], strides: [2, 2], outputPadding: [1]) == .invalidOption)
      #expect(kind([2, 4, 5, 4], [3, 3, 4, 3], strides: [2, 2], outputPadding: nil) == .wrongChannels)
      #expect(kind([2, 4, 5, 3], [3, 3, 4, 3], strides: [2, 2], outputPadding: [1, 1]) == nil)
    }
  }
}
