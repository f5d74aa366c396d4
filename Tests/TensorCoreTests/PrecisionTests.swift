import CKernels
import TensorCore
import Testing

extension KernelTests {
  @Suite struct PrecisionTests {
    @Test func roundsToNearestWithTiesToEven() {
      // 1 + 2⁻⁷ is the number after 1; what lies halfway goes to the even one of its neighbours.
      let step: Float = 0x1p-7
      let values: [Float] = [
        1, 1 + step / 4, 1 + step / 2, 1 + 3 * step / 4, 1 + step + step / 2, -1 - step / 2, 0, -0.0, 3.0e38,
        .greatestFiniteMagnitude, .infinity, -.infinity,
      ]
      var rounded = [Float](repeating: 0, count: values.count)
      squall_round_to_bfloat16(values, &rounded, Int64(values.count))
      #expect(Array(rounded[..<8]) == [1, 1, 1, 1 + step, 1 + 2 * step, -1, 0, 0])
      #expect(rounded[7].sign == .minus)
      #expect(rounded[9] == .infinity, "beyond the largest bfloat16")
      #expect(rounded[10] == .infinity && rounded[11] == -.infinity)
      var halves = [UInt16](repeating: 0, count: values.count)
      squall_to_bfloat16(values, &halves, Int64(values.count))
      var widened = [Float](repeating: 0, count: values.count)
      squall_from_bfloat16(halves, &widened, Int64(values.count))
      #expect(widened == rounded)
      for (value, near) in zip(values, rounded) where abs(value) < 3.38e38 {
        #expect(abs(near - value) <= abs(value) / 256)
      }
      var nan = [Float(bitPattern: 0x7f80_0001), Float(bitPattern: 0xffff_ffff)]
      squall_round_to_bfloat16(nan, &nan, 2)
      #expect(nan.allSatisfy { $0.isNaN })
    }

    /// Which kernels are to do the work.
    enum Path: CaseIterable {
      case direct, winograd, instructions, withoutInstructions, plain

      func callAsFunction(_ body: () -> Void) {
        switch self {
        case .direct: Winograd.using(.never) { Precision.using(Precision.Instructions.never, body) }
        case .winograd: Winograd.using(.wherePossible, body)
        case .instructions:
          Winograd.using(.never) { Precision.using(Precision.Instructions.wherePossible, body) }
        case .withoutInstructions:
          squall_limit_instructions(squall_instructions_avx2)
          defer { squall_limit_instructions(squall_instructions_avx512) }
          Precision.using(Precision.Instructions.wherePossible, body)
        case .plain: Backend.using(.plain, body)
        }
      }

      var tolerance: Double { self == .winograd ? 1e-4 : 1e-5 }
    }

    @Test(arguments: [[3, 3], [5, 2]], Path.allCases)
    func convolutionsRoundTheirOperandsAndNothingElse(_ kernel: [Int], _ path: Path) throws {
      let g = try ConvolutionGeometry(
        input: [2, 9, 7, 3], kernel: Shape(kernel + [3, 18]), strides: [1, 1], dilations: [1, 1],
        padding: .same)
      let (x, w) = (numbers(g.inputShape.count, seed: 1), numbers(g.kernelShape.count, seed: 2))
      let (b, dy) = (numbers(18, seed: 3), numbers(g.outputShape.count, seed: 4))
      let exact = PlainConvolution.forward(x, kernel: w, bias: b, g)
      Precision.using(.bfloat16) {
        // The twins round as well, and sum in double.
        let y = PlainConvolution.forward(x, kernel: w, bias: b, g)
        let dx = PlainConvolution.inputGradient(dy, kernel: w, g)
        let dw = PlainConvolution.kernelGradient(x, dy, g)
        #expect(zip(y, exact).contains { abs($0 - $1) > 1e-3 }, "bfloat16 is in force")
        expectClose(y.map { Float($0) }, exact, 2e-2, "about as in float32")
        path {
          let (input, weights) = (tensor(x, g.inputShape), tensor(w, g.kernelShape))
          let cotangent = tensor(dy, g.outputShape)
          expectClose(
            Convolution.forward(input, kernel: weights, bias: tensor(b, [18]), g).values, y, path.tolerance,
            "forward, \(path)")
          expectClose(
            Convolution.inputGradient(cotangent, kernel: weights, g).values, dx, 3 * path.tolerance,
            "input, \(path)")
          expectClose(
            Convolution.kernelGradient(input: input, outputGradient: cotangent, g).values, dw,
            3 * path.tolerance, "kernel, \(path)")
        }
      }
    }

    @Test func strideAndDilationToo() throws {
      let g = try ConvolutionGeometry(
        input: [2, 11, 8, 5], kernel: [3, 2, 5, 17], strides: [2, 3], dilations: [1, 1], padding: .same)
      let (x, w) = (numbers(g.inputShape.count, seed: 1), numbers(g.kernelShape.count, seed: 2))
      Precision.using(.bfloat16) {
        let y = PlainConvolution.forward(x, kernel: w, bias: nil, g)
        for path in Path.allCases {
          path {
            let fast = Convolution.forward(
              tensor(x, g.inputShape), kernel: tensor(w, g.kernelShape), bias: nil, g)
            expectClose(fast.values, y, 1e-5, "\(path)")
          }
        }
      }
    }

    @Test func processorsWithoutTheInstructionsSaySo() {
      Path.withoutInstructions {
        #expect(!Precision.bfloat16.isNative)
        #expect(Precision.bfloat16.explanation?.contains("this processor has none") == true)
      }
      #expect(Precision.float32.isNative && Precision.float32.explanation == nil)
      #expect(Precision.bfloat16.explanation != nil)
    }

    @Test func depthwiseConvolutionsRoundToo() throws {
      let g = try ConvolutionGeometry(
        input: [2, 6, 5, 3], kernel: [3, 2, 3, 2], strides: [1, 1], dilations: [1, 1], padding: .same)
      let x = tensor(numbers(g.inputShape.count, seed: 1), g.inputShape)
      let w = tensor(numbers(g.kernelShape.count, seed: 2), g.kernelShape)
      let halves = Precision.using(.bfloat16) { DepthwiseConvolution.forward(x, kernel: w, g) }
      let whole = DepthwiseConvolution.forward(Self.rounded(x), kernel: Self.rounded(w), g)
      #expect(halves == whole)
      #expect(halves != DepthwiseConvolution.forward(x, kernel: w, g))
    }

    static func rounded(_ x: Tensor) -> Tensor {
      var values = x.values
      squall_round_to_bfloat16(values, &values, Int64(values.count))
      return Tensor(values, shape: x.shape)
    }

    @Test func matrixProductsRoundTheirFactors() {
      let (a, b) = (numbers(5 * 40, seed: 1), numbers(40 * 7, seed: 2))
      Precision.using(.bfloat16) {
        let expected = PlainMatrixProduct.multiply(a, b, m: 5, n: 7, k: 40)
        for backend in backends {
          Backend.using(backend) {
            let product = MatrixProduct.multiply(tensor(a, [5, 40]), tensor(b, [40, 7]))
            expectClose(product.values, expected, 1e-5, "\(backend)")
          }
        }
      }
    }

    // MARK: Recurrent layers

    /// Without functions that have a kink, on whose two sides rounded numbers may come to lie.
    static let smooth = (RecurrentCase.all + RecomputationTests.cases).filter {
      $0.name != "hard sigmoid" && $0.name != "one pixel, many filters" && !$0.name.contains("ReLU")
    }

    @Test(arguments: smooth)
    func recurrentLayersEqualTheirTwin(_ sizes: RecurrentCase) {
      let operands = sizes.operands
      let exact = (sizes.twin(operands), sizes.twinGradient(sizes.cotangents, operands))
      Precision.using(.bfloat16) {
        let expected = (sizes.twin(operands), sizes.twinGradient(sizes.cotangents, operands))
        expectClose(expected.0.sequence!.map { Float($0) }, exact.0.sequence!, 4e-2, "about as in float32")
        expectClose(expected.1.kernel.map { Float($0) }, exact.1.kernel, 8e-2, "about as in float32")
        for path in [Path.direct, .winograd, .plain] {
          path {
            let result = sizes.forward(operands, keepingContext: true)
            #expect(result.sequence! == Self.rounded(result.sequence!), "hidden states are bfloat16 numbers")
            // A last bit of float32 may decide to which side a number is rounded, and that goes on from step to step.
            expectUnits(result.sequence!.values, expected.0.sequence!, "sequence, \(path)")
            expectUnits(result.cell.values, expected.0.cell!, "cell, \(path)")
            let gradients = sizes.gradient(sizes.cotangents, result.context!)
            check(gradients, expected.1, sizes, "\(path)")
            let again = sizes.forward(operands, keepingContext: true)
            #expect(again.sequence == result.sequence, "same bits")
            #expect(sizes.gradient(sizes.cotangents, again.context!).kernel == gradients.kernel, "same bits")
            let inference = sizes.forward(operands, keepingContext: false)
            #expect(inference.sequence == result.sequence, "same bits without a gradient")
            let recomputed = Recomputation.using(.overTime) { sizes.forward(operands, keepingContext: true) }
            check(sizes.gradient(sizes.cotangents, recomputed.context!), expected.1, sizes, "recomputed")
          }
        }
      }
    }

    /// Within two units in the last place of the largest number.
    private func expectUnits(_ values: [Float], _ reference: [Double], _ what: String) {
      let largest = reference.map(abs).max() ?? 0
      let worst = zip(values, reference).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst <= largest * 0x1p-7, "\(what): \(worst) of \(largest)")
    }

    private func check(
      _ gradients: RecurrentGradients, _ expected: PlainRecurrent.Operands<Double>, _ sizes: RecurrentCase,
      _ what: String
    ) {
      let tolerance = 2e-2
      expectClose(gradients.input!.values, expected.input, tolerance, "input, \(what)")
      expectClose(gradients.kernel.values, expected.kernel, tolerance, "kernel, \(what)")
      if sizes.hasBias { expectClose(gradients.bias!.values, expected.bias!, tolerance, "bias, \(what)") }
      expectClose(gradients.initialHidden!.values, expected.hidden!, tolerance, "hidden, \(what)")
      expectClose(gradients.initialCell!.values, expected.cell!, tolerance, "cell, \(what)")
      expectClose(
        gradients.recurrentKernel.values, expected.recurrentKernel, tolerance, "recurrent kernel, \(what)")
    }

    /// A kernel that is kept in the Winograd domain for a stream is not that of the other precision.
    @Test func aStreamChangesPrecision() throws {
      let g = try ConvLSTMGeometry(
        input: [1, 1, 12, 9, 2], kernel: [3, 3, 2, 64], recurrentKernel: [3, 3, 16, 64],
        options: .init(padding: .same))
      let x = tensor(numbers(12 * 9 * 2, seed: 1), [1, 12, 9, 2])
      let w = tensor(numbers(g.kernelShape.count, seed: 2), g.kernelShape)
      let u = tensor(numbers(g.recurrentKernelShape.count, seed: 3, scale: 0.125), g.recurrentKernelShape)
      let h = tensor(numbers(g.stateShape.count, seed: 4), g.stateShape)
      func step() -> Tensor {
        Winograd.using(.wherePossible) {
          ConvLSTMSequence.step(x, hidden: h, cell: nil, kernel: w, recurrentKernel: u, bias: nil, g).hidden
        }
      }
      let whole = step()
      let halves = Precision.using(.bfloat16) { step() }
      #expect(whole == step() && whole != halves)
      let twin = Precision.using(.bfloat16) { Backend.using(.plain) { step() } }
      expectClose(halves.values, twin.values.map(Double.init), 1e-2, "bfloat16 after float32")
    }

    // MARK: Memory

    @Test(arguments: [Path.direct, .winograd])
    func keptActivationsTakeHalfTheMemory(_ path: Path) {
      guard Backend.current == .oneDNN else { return }
      // 2 · 8 · 16 · 16 · 16 · 4: sizes that the allocator does not round up.
      let sizes = RecurrentCase.conv(
        "eight steps", [2, 8, 16, 16, 16], filters: 16, kernel: [3, 3], .init(padding: .same), hasState: false
      )
      let operands = sizes.operands
      func kept(_ precision: Precision) -> Int {
        Precision.using(precision) {
          _ = sizes.forward(operands, returningSequence: false, keepingContext: true)
          let before = Allocator.statistics.bytesInUse
          let context = sizes.forward(operands, returningSequence: false, keepingContext: true).context
          return withExtendedLifetime(context) { Allocator.statistics.bytesInUse - before }
        }
      }
      path {
        let (full, half) = (kept(.float32), kept(.bfloat16))
        // Kernels and a few states besides gates, cells, hidden states and input.
        let state = 2 * 16 * 16 * 16 * 4
        let kernels = 2 * 9 * 16 * 64 * 4
        #expect(full >= 8 * 7 * state)
        #expect(half <= 8 * 7 * state / 2 + kernels + 4 * state, "\(half) of \(full) bytes")
      }
    }

    @Test func keptTensorsShareTheirHalvesAndForgetThem() {
      let before = Allocator.statistics.bytesInUse
      var x = tensor(numbers(1 << 16, seed: 1), [1 << 16])
      let own = Allocator.statistics.bytesInUse - before
      Precision.using(.bfloat16) {
        let first = KeptTensor(x), second = KeptTensor(x.viewed(as: [256, 256]))
        #expect(Allocator.statistics.bytesInUse - before == own + own / 2, "one copy in half the memory")
        #expect(first.tensor == Self.rounded(x))
        #expect(second.tensor.shape == [256, 256])
        x.withUnsafeMutableValues { for i in $0.indices { $0[i] += 1 } }
        #expect(KeptTensor(x).tensor == Self.rounded(x), "not of the values before")
        #expect(first.tensor != Self.rounded(x))
        #expect(second.tensor.values == first.tensor.values)
      }
      #expect(KeptTensor(x).tensor == x, "float32 keeps the tensor itself")
    }
  }
}
