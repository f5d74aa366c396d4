import TensorCore
import Testing

/// One convolution by its sizes.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  var input: Shape
  var kernel: Shape
  var strides: [Int]
  var dilations: [Int]
  var padding: Padding

  var testDescription: String { "\(input) \(kernel) \(strides) \(dilations) \(padding)" }

  var geometry: ConvolutionGeometry {
    get throws {
      try ConvolutionGeometry(
        input: input, kernel: kernel, strides: strides, dilations: dilations, padding: padding)
    }
  }

  static let all: [ConvolutionCase] = [
    .init(input: [2, 13, 3], kernel: [4, 3, 5], strides: [2], dilations: [1], padding: .same),
    .init(input: [3, 11, 16], kernel: [3, 16, 7], strides: [1], dilations: [3], padding: .valid),
    .init(
      input: [2, 9, 12, 3], kernel: [3, 3, 3, 20], strides: [1, 1], dilations: [1, 1], padding: .same),
    .init(
      input: [1, 10, 7, 16], kernel: [2, 5, 16, 32], strides: [2, 3], dilations: [1, 1], padding: .same),
    .init(
      input: [2, 12, 9, 5], kernel: [3, 2, 5, 4], strides: [1, 1], dilations: [2, 3], padding: .valid),
    .init(
      input: [2, 8, 14, 1], kernel: [5, 3, 1, 48], strides: [1, 1], dilations: [1, 1], padding: .same),
    .init(
      input: [3, 6, 11, 33], kernel: [1, 1, 33, 1], strides: [1, 1], dilations: [1, 1], padding: .valid),
    .init(
      input: [1, 7, 5, 16], kernel: [3, 3, 16, 24], strides: [2, 2], dilations: [1, 1], padding: .valid),
    .init(input: [2, 3, 5, 1], kernel: [7, 7, 1, 2], strides: [1, 1], dilations: [1, 1], padding: .same),
    .init(
      input: [2, 5, 6, 7, 3], kernel: [2, 3, 3, 3, 4], strides: [1, 2, 1], dilations: [1, 1, 1],
      padding: .same),
    .init(
      input: [1, 6, 5, 8, 4], kernel: [3, 2, 3, 4, 16], strides: [1, 1, 1], dilations: [1, 2, 1],
      padding: .valid),
  ]
}

extension KernelTests {
  @Suite struct ConvolutionTests {
    @Test(arguments: ConvolutionCase.all)
    func equalsItsTwin(_ sizes: ConvolutionCase) throws {
      let g = try sizes.geometry
      let x = numbers(g.inputShape.count, seed: 1)
      let w = numbers(g.kernelShape.count, seed: 2)
      let b = numbers(g.outputChannels, seed: 3)
      let dy = numbers(g.outputShape.count, seed: 4)
      let y = PlainConvolution.forward(x, kernel: w, bias: b, g)
      let dx = PlainConvolution.inputGradient(dy, kernel: w, g)
      let dw = PlainConvolution.kernelGradient(x, dy, g)
      let db = PlainConvolution.biasGradient(dy, columns: g.outputChannels)
      let (xs, ws) = (tensor(x, g.inputShape), tensor(w, g.kernelShape))
      let (bs, dys) = (tensor(b, [g.outputChannels]), tensor(dy, g.outputShape))
      withTeams {
        for backend in backends {
          Backend.using(backend) {
            let forward = Convolution.forward(xs, kernel: ws, bias: bs, g)
            #expect(forward.shape == g.outputShape)
            expectClose(forward.values, y, 1e-5, "forward, \(backend)")
            for activation in [Activation.relu, .tanh, .elu] {
              expectClose(
                Convolution.forward(xs, kernel: ws, bias: bs, activation: activation, g).values,
                y.map(activation.value), 1e-5, "\(activation), \(backend)")
            }
            let unbiased = Convolution.forward(xs, kernel: ws, bias: nil, g)
            expectClose(
              unbiased.values, y.enumerated().map { $1 - b[$0 % b.count] }, 1e-5, "unbiased, \(backend)")
            let inputGradient = Convolution.inputGradient(dys, kernel: ws, g)
            #expect(inputGradient.shape == g.inputShape)
            expectClose(inputGradient.values, dx, 1e-4, "input gradient, \(backend)")
            let kernelGradient = Convolution.kernelGradient(input: xs, outputGradient: dys, g)
            #expect(kernelGradient.shape == g.kernelShape)
            expectClose(kernelGradient.values, dw, 1e-4, "kernel gradient, \(backend)")
            expectClose(Convolution.biasGradient(dys).values, db, 1e-4, "bias gradient, \(backend)")
            #expect(Convolution.forward(xs, kernel: ws, bias: bs, g) == forward, "same bits")
            #expect(Convolution.inputGradient(dys, kernel: ws, g) == inputGradient, "same bits")
            #expect(
              Convolution.kernelGradient(input: xs, outputGradient: dys, g) == kernelGradient, "same bits")
          }
        }
      }
    }

    @Test(arguments: ConvolutionCase.all)
    func twinHasTheGradientsOfItsForward(_ sizes: ConvolutionCase) throws {
      let g = try sizes.geometry
      let x = numbers(g.inputShape.count, seed: 5)
      let w = numbers(g.kernelShape.count, seed: 6)
      let dy = numbers(g.outputShape.count, seed: 7)
      expectDifferences(
        of: { PlainConvolution.forward($0, kernel: w, bias: nil, g) }, at: x, weights: dy,
        gradient: PlainConvolution.inputGradient(dy, kernel: w, g), "input")
      expectDifferences(
        of: { PlainConvolution.forward(x, kernel: $0, bias: nil, g) }, at: w, weights: dy,
        gradient: PlainConvolution.kernelGradient(x, dy, g), "kernel")
    }

    /// By hand: stride 2 and `same`, whose odd zero goes last.
    @Test(arguments: backends)
    func pinsDownTheFormula(_ backend: Backend) throws {
      let g = try ConvolutionGeometry(
        input: [1, 4, 1], kernel: [3, 1, 1], strides: [2], dilations: [1], padding: .same)
      #expect(g.outputSize == [2])
      #expect(g.paddingBefore == [0])
      #expect(g.paddingAfter == [1])
      let y = Backend.using(backend) {
        Convolution.forward(
          Tensor([5, 7, 2, 3], shape: [1, 4, 1]), kernel: Tensor([1, 10, 100], shape: [3, 1, 1]),
          bias: Tensor([1000], shape: [1]), g)
      }
      // 1000 + 1·5 + 10·7 + 100·2, and 1000 + 1·2 + 10·3 beside the padding.
      #expect(y.values == [1275, 1032])
    }

    @Test(arguments: backends)
    func passesNaNAndInfinityOn(_ backend: Backend) throws {
      let g = try ConvolutionGeometry(
        input: [1, 6, 7, 2], kernel: [3, 3, 2, 3], strides: [1, 1], dilations: [1, 1], padding: .same)
      var x = Tensor.ones(g.inputShape)
      x.withUnsafeMutableValues { $0[(2 * 7 + 3) * 2] = .nan }
      let y = Backend.using(backend) {
        Convolution.forward(x, kernel: .ones(g.kernelShape), bias: nil, g)
      }
      for row in 0..<6 {
        for column in 0..<7 {
          let near = abs(row - 2) <= 1 && abs(column - 3) <= 1
          #expect(y.values[(row * 7 + column) * 3].isNaN == near)
        }
      }
      x.withUnsafeMutableValues { $0[(2 * 7 + 3) * 2] = .infinity }
      let z = Backend.using(backend) {
        Convolution.forward(x, kernel: .ones(g.kernelShape), bias: nil, g)
      }
      #expect(z.values[(2 * 7 + 3) * 3] == .infinity)
      #expect(z.values[0].isFinite)
    }

    @Test func refusesWhatDoesNotFit() {
      func kind(
        _ input: Shape, _ kernel: Shape, strides: [Int] = [1, 1], dilations: [Int] = [1, 1],
        _ padding: Padding = .valid
      ) -> ShapeError.Kind? {
        do {
          _ = try ConvolutionGeometry(
            input: input, kernel: kernel, strides: strides, dilations: dilations, padding: padding)
          return nil
        } catch { return error.kind }
      }
      #expect(kind([2, 5, 5], [3, 3, 1, 2]) == .wrongRank)
      #expect(kind([2, 5, 5, 3], [3, 3, 2, 4]) == .wrongChannels)
      #expect(kind([0, 5, 5, 3], [3, 3, 3, 4]) == .emptyDimension)
      #expect(kind([2, 5, 0, 3], [3, 3, 3, 4], .same) == .emptyDimension)
      #expect(kind([2, 5, 2, 3], [3, 3, 3, 4]) == .kernelLargerThanInput)
      #expect(kind([2, 5, 4, 3], [3, 3, 3, 4], dilations: [1, 2]) == .kernelLargerThanInput)
      #expect(kind([2, 5, 2, 3], [3, 3, 3, 4], .same) == nil)
      #expect(kind([2, 9, 9, 3], [3, 3, 3, 4], strides: [2, 1], dilations: [1, 2]) == .strideWithDilation)
      #expect(kind([2, 9, 9, 3], [3, 3, 3, 4], strides: [0, 1]) == .invalidOption)
      #expect(kind([2, 9, 9, 3], [3, 3, 3, 4], strides: [1]) == .invalidOption)
    }

    @Test func countsOperations() throws {
      let g = try ConvolutionGeometry(
        input: [2, 6, 8, 3], kernel: [3, 3, 3, 5], strides: [1, 1], dilations: [1, 1], padding: .same)
      let multiplications: Int = 2 * 6 * 8 * 5 * 9 * 3
      #expect(g.flops == 2 * multiplications)
    }
  }
}
