import CKernels
import TensorCore
import Testing

extension KernelTests {
  /// Convolution, rectifier and pooling in one pass against the three plain twins one after the other.
  @Suite struct PooledConvolutionTests {
    struct Case: Sendable {
      var input: Shape
      var kernel: Shape
      var padding: Padding
      var window: [Int]
      var poolPadding = Padding.valid
      var isRectified = true

      var convolution: ConvolutionGeometry {
        get throws {
          try ConvolutionGeometry(
            input: input, kernel: kernel, strides: [1, 1], dilations: [1, 1], padding: padding)
        }
      }

      var pooling: PoolingGeometry {
        get throws {
          try PoolingGeometry(
            input: convolution.outputShape, window: window, strides: window, padding: poolPadding)
        }
      }
    }

    /// Few and many channels, on both sides of 16 and 32; windows that divide the image and that do not;
    /// kernels whose tiles are made of whole windows.
    static let cases: [Case] = [
      .init(input: [2, 14, 11, 1], kernel: [3, 3, 1, 32], padding: .same, window: [2, 2]),
      .init(
        input: [3, 9, 30, 3], kernel: [3, 3, 3, 7], padding: .same, window: [2, 2], poolPadding: .same),
      .init(input: [2, 13, 26, 2], kernel: [5, 3, 2, 40], padding: .valid, window: [3, 2]),
      .init(
        input: [1, 7, 29, 8], kernel: [3, 4, 8, 16], padding: .same, window: [2, 5], isRectified: false),
      .init(input: [2, 8, 9, 5], kernel: [1, 1, 5, 18], padding: .same, window: [1, 1]),
      .init(input: [2, 25, 31, 16], kernel: [3, 3, 16, 64], padding: .same, window: [2, 2]),
      .init(
        input: [2, 25, 21, 17], kernel: [3, 3, 17, 33], padding: .same, window: [2, 2], poolPadding: .same),
      .init(input: [2, 8, 7, 20], kernel: [3, 3, 20, 40], padding: .same, window: [2, 2]),
      .init(input: [1, 19, 23, 33], kernel: [3, 5, 33, 48], padding: .valid, window: [3, 2]),
      .init(
        input: [1, 22, 17, 20], kernel: [6, 3, 20, 70], padding: .same, window: [3, 6], isRectified: false),
    ]

    @Test(.enabled(if: Winograd.isAvailable), arguments: cases)
    func equalsOneAfterTheOther(_ sizes: Case) throws {
      let (g, p) = try (sizes.convolution, sizes.pooling)
      let x = numbers(g.inputShape.count, seed: 1)
      let w = numbers(g.kernelShape.count, seed: 2)
      let b = numbers(g.outputChannels, seed: 3)
      let dy = numbers(p.outputShape.count, seed: 4)
      let z = PlainConvolution.forward(x, kernel: w, bias: b, g)
      let y = sizes.isRectified ? z.map { max(0, $0) } : z
      let (largest, winners) = PlainPooling.maximum(y, p)
      var dz = PlainPooling.maximumGradient(dy, winners: winners, p)
      if sizes.isRectified { for i in dz.indices where y[i] <= 0 { dz[i] = 0 } }
      let (xs, ws) = (tensor(x, g.inputShape), tensor(w, g.kernelShape))
      let (bs, dys) = (tensor(b, [g.outputChannels]), tensor(dy, p.outputShape))
      let db = (0..<g.outputChannels).map { o in
        stride(from: o, to: dz.count, by: g.outputChannels).reduce(0) { $0 + dz[$1] }
      }
      var outputs: [[Float]] = []
      // The tiles of the Winograd domain where there are many channels, direct convolution where there are
      // few.
      let use: Winograd.Use = g.inputChannels > 8 ? .wherePossible : .never
      try withTeams([1, 2, 3]) {
        try Winograd.using(use) {
          let pooled = try #require(PooledConvolution(g, pooling: p, isRectified: sizes.isRectified))
          let (output, kept) = pooled.forward(xs, kernel: ws, bias: bs, keepingWinners: true)
          expectClose(output.values, largest, use == .never ? 1e-5 : 1e-4, "output")
          #expect(pooled.forward(xs, kernel: ws, bias: bs, keepingWinners: false).output == output)
          outputs.append(output.values)
          let gradients = {
            pooled.gradients(
              dys, winners: kept!, input: xs, kernel: ws, wantsInput: true, wantsBias: true
            )
          }
          let (dx, dw, dBias) = gradients()
          expectClose(dx!.values, PlainConvolution.inputGradient(dz, kernel: w, g), 3e-4, "input gradient")
          expectClose(dw!.values, PlainConvolution.kernelGradient(x, dz, g), 3e-4, "kernel gradient")
          expectClose(dBias!.values, db, 1e-5, "bias gradient")
          #expect(gradients().kernel == dw, "same bits from run to run")
        }
      }
      #expect(outputs.allSatisfy { $0 == outputs[0] }, "same bits with any number of threads")
    }

    /// What one after the other does with the same kernels is the same, to the bit.
    @Test(.enabled(if: Winograd.isAvailable))
    func hasTheBitsOfTheConvolution() throws {
      let sizes = Case(input: [2, 21, 27, 33], kernel: [3, 3, 33, 40], padding: .same, window: [2, 2])
      let (g, p) = try (sizes.convolution, sizes.pooling)
      let x = tensor(numbers(g.inputShape.count, seed: 5), g.inputShape)
      let w = tensor(numbers(g.kernelShape.count, seed: 6), g.kernelShape)
      let b = tensor(numbers(g.outputChannels, seed: 7), [g.outputChannels])
      try Winograd.using(.wherePossible) {
        let whole = Convolution.forward(x, kernel: w, bias: b, activation: .relu, g)
        let pooled = try #require(PooledConvolution(g, pooling: p, isRectified: true))
        #expect(
          pooled.forward(x, kernel: w, bias: b, keepingWinners: false).output
            == Pooling.maximum(whole, p, keepingWinners: false).output)
      }
    }

    /// In bfloat16 both operands are rounded first, whichever kernel multiplies.
    @Test(.enabled(if: Winograd.isAvailable), arguments: [3, 20])
    func roundsItsOperandsToBFloat16(_ channels: Int) throws {
      let sizes = Case(
        input: [1, 12, 14, channels], kernel: [3, 3, channels, 7], padding: .same, window: [2, 2])
      let (g, p) = try (sizes.convolution, sizes.pooling)
      func rounded(_ tensor: Tensor) -> Tensor {
        Tensor(shape: tensor.shape) { out in
          squall_round_to_bfloat16(tensor.values, out.baseAddress!, Int64(out.count))
        }
      }
      let x = tensor(numbers(g.inputShape.count, seed: 9), g.inputShape)
      let w = tensor(numbers(g.kernelShape.count, seed: 10), g.kernelShape)
      let dy = tensor(numbers(p.outputShape.count, seed: 11), p.outputShape)
      func pass(_ x: Tensor, _ w: Tensor, _ dy: Tensor) throws -> [Tensor] {
        let pooled = try #require(PooledConvolution(g, pooling: p, isRectified: true))
        let (y, winners) = pooled.forward(x, kernel: w, bias: nil, keepingWinners: true)
        let (dx, dw, _) = pooled.gradients(
          dy, winners: winners!, input: x, kernel: w, wantsInput: true, wantsBias: false)
        return [y, dx!, dw!]
      }
      try Winograd.using(channels > 8 ? .wherePossible : .never) {
        let inBFloat16 = try Precision.using(.bfloat16) { try pass(x, w, dy) }
        #expect(try inBFloat16 == pass(rounded(x), rounded(w), rounded(dy)))
        #expect(try inBFloat16[0] != pass(x, w, dy)[0])
      }
    }

    @Test(.enabled(if: Winograd.isAvailable), arguments: [1, 20])
    func notANumberIsNotPassedOver(_ channels: Int) throws {
      let sizes = Case(
        input: [1, 12, 13, channels], kernel: [3, 3, channels, 5], padding: .same, window: [2, 2])
      let (g, p) = try (sizes.convolution, sizes.pooling)
      var x = numbers(g.inputShape.count, seed: 8)
      x[(5 * 13 + 4) * channels] = .nan
      try Winograd.using(channels > 8 ? .wherePossible : .never) {
        let pooled = try #require(PooledConvolution(g, pooling: p, isRectified: true))
        let output = pooled.forward(
          tensor(x, g.inputShape), kernel: .ones(g.kernelShape), bias: nil, keepingWinners: true
        ).output
        // Rows 4 to 6 and columns 3 to 5 see it: windows 2 and 3 down, 1 and 2 across.
        for (row, column) in [(2, 1), (2, 2), (3, 1), (3, 2)] {
          #expect(output.values[(row * 6 + column) * 5].isNaN)
        }
        // In the Winograd domain the whole tile may see it.
        if channels == 1 { #expect(!output.values[0].isNaN) }
      }
    }

    @Test func leavesTheRestToOthers() throws {
      let g = try ConvolutionGeometry(
        input: [1, 12, 12, 2], kernel: [3, 3, 2, 4], strides: [1, 1], dilations: [1, 1], padding: .same)
      let overlapping = try PoolingGeometry(
        input: g.outputShape, window: [3, 3], strides: [2, 2], padding: .valid)
      #expect(PooledConvolution(g, pooling: overlapping, isRectified: true) == nil)
      let shifted = try PoolingGeometry(
        input: g.outputShape, window: [5, 5], strides: [5, 5], padding: .same)
      #expect(PooledConvolution(g, pooling: shifted, isRectified: true) == nil)
      let strided = try ConvolutionGeometry(
        input: [1, 12, 12, 2], kernel: [3, 3, 2, 4], strides: [2, 2], dilations: [1, 1], padding: .same)
      let pooling = try PoolingGeometry(
        input: strided.outputShape, window: [2, 2], strides: [2, 2], padding: .valid)
      #expect(PooledConvolution(strided, pooling: pooling, isRectified: true) == nil)
      let fitting = try PoolingGeometry(
        input: g.outputShape, window: [2, 2], strides: [2, 2], padding: .valid)
      Backend.using(.plain) { #expect(PooledConvolution(g, pooling: fitting, isRectified: true) == nil) }
    }
  }
}
