import TensorCore
import Testing

extension KernelTests {
  @Suite struct WinogradTests {
    /// Every kernel size along each axis, channels on both sides of a multiple of 16, several output blocks and
    /// input parts, images smaller than a tile and larger than a piece of work.
    static let cases: [ConvolutionCase] = {
      func one(_ input: Shape, _ kernel: Shape, _ padding: Padding) -> ConvolutionCase {
        ConvolutionCase(input: input, kernel: kernel, strides: [1, 1], dilations: [1, 1], padding: padding)
      }
      var cases: [ConvolutionCase] = []
      for height in 2...7 {
        for width in 2...7 {
          let padding: Padding = (height + width) % 3 == 0 ? .valid : .same
          cases.append(one([2, 13, 9 + height, 5], [height, width, 5, 7], padding))
        }
      }
      return cases + [
        one([1, 5, 4, 1], [3, 3, 1, 1], .same), one([3, 2, 3, 17], [5, 3, 17, 33], .same),
        one([2, 17, 31, 16], [3, 3, 16, 64], .same), one([2, 11, 19, 70], [3, 5, 70, 48], .same),
        one([1, 21, 10, 33], [7, 3, 33, 70], .valid), one([1, 9, 10, 260], [3, 3, 260, 20], .same),
        one([1, 14, 13, 20], [5, 5, 20, 150], .same), one([2, 61, 40, 3], [3, 3, 3, 18], .same),
        one([1, 8, 9, 150], [4, 4, 150, 270], .same),
        // Tiles of 6 along both axes, and beside tiles of 8.
        one([2, 8, 8, 20], [3, 3, 20, 40], .same), one([2, 4, 7, 1], [3, 3, 1, 20], .same),
        one([1, 8, 16, 33], [3, 3, 33, 64], .same), one([1, 17, 7, 5], [6, 3, 5, 20], .same),
        one([2, 12, 5, 17], [5, 4, 17, 9], .valid), one([3, 9, 3, 16], [2, 4, 16, 32], .same),
        one([1, 6, 5, 1], [5, 2, 1, 3], .valid), one([1, 8, 8, 260], [3, 3, 260, 130], .same),
      ]
    }()

    @Test func servesOnlyWhatItCan() {
      #expect(Winograd.use == .whereFaster)
      Winograd.using(.never) { #expect(Winograd.use == .never) }
    }

    @Test(arguments: cases)
    func twinIsConvolution(_ sizes: ConvolutionCase) throws {
      let g = try sizes.geometry
      guard g.flops < 1 << 20 else { return }
      let x = numbers(g.inputShape.count, seed: 1)
      let w = numbers(g.kernelShape.count, seed: 2)
      let dy = numbers(g.outputShape.count, seed: 3)
      func check(_ a: [Double], _ b: [Double], _ what: String) {
        let rms = (b.reduce(0) { $0 + $1 * $1 } / Double(b.count)).squareRoot()
        let equal = a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-11 * rms }
        #expect(equal, "\(what)")
      }
      check(
        PlainWinograd.forward(x, kernel: w, g), PlainConvolution.forward(x, kernel: w, bias: nil, g),
        "forward")
      check(
        PlainWinograd.inputGradient(dy, kernel: w, g), PlainConvolution.inputGradient(dy, kernel: w, g),
        "input gradient")
      check(
        PlainWinograd.kernelGradient(x, dy, g), PlainConvolution.kernelGradient(x, dy, g), "kernel gradient")
    }

    @Test(.enabled(if: Winograd.isAvailable), arguments: cases)
    func equalsDirectConvolution(_ sizes: ConvolutionCase) throws {
      let g = try sizes.geometry
      let x = numbers(g.inputShape.count, seed: 1)
      let w = numbers(g.kernelShape.count, seed: 2)
      let b = numbers(g.outputChannels, seed: 3)
      let dy = numbers(g.outputShape.count, seed: 4)
      let y = PlainConvolution.forward(x, kernel: w, bias: b, g)
      let dx = PlainConvolution.inputGradient(dy, kernel: w, g)
      let dw = PlainConvolution.kernelGradient(x, dy, g)
      let (xs, ws) = (tensor(x, g.inputShape), tensor(w, g.kernelShape))
      let (bs, dys) = (tensor(b, [g.outputChannels]), tensor(dy, g.outputShape))
      var outputs: [[Float]] = []
      withTeams([1, 2, 3]) {
        Winograd.using(.wherePossible) {
          let forward = Convolution.forward(xs, kernel: ws, bias: bs, g)
          expectClose(forward.values, y, 1e-4, "forward")
          let rectified = Convolution.forward(xs, kernel: ws, bias: bs, activation: .relu, g)
          #expect(rectified.values == forward.values.map { max(0, $0) }, "rectified in the same pass")
          let gradient = Convolution.inputGradient(dys, kernel: ws, g)
          expectClose(gradient.values, dx, 3e-4, "input gradient")
          let kernel = Convolution.kernelGradient(input: xs, outputGradient: dys, g)
          expectClose(kernel.values, dw, 3e-4, "kernel gradient")
          #expect(
            Convolution.kernelGradient(input: xs, outputGradient: dys, g) == kernel,
            "same bits from run to run")
          outputs.append(forward.values + gradient.values)
        }
        Winograd.using(.never) {
          expectClose(Convolution.forward(xs, kernel: ws, bias: bs, g).values, y, 1e-5, "exact")
        }
      }
      #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2], "same bits for any number of threads")
    }

    @Test(.enabled(if: Winograd.isAvailable), arguments: [Float.nan, .infinity, -.infinity])
    func badNumbersReachWhatTheyReachDirectly(_ bad: Float) throws {
      for kernel in [[3, 3], [5, 2], [7, 4]] {
        let g = try ConvolutionGeometry(
          input: [2, 15, 18, 3], kernel: Shape(kernel + [3, 5]), strides: [1, 1], dilations: [1, 1],
          padding: .same)
        for (row, column) in [(0, 0), (14, 17), (7, 9), (5, 6), (8, 0)] {
          var x = numbers(g.inputShape.count, seed: 1).map { Float($0) }
          x[((15 + row) * 18 + column) * 3 + 1] = bad
          let w = tensor(numbers(g.kernelShape.count, seed: 2), g.kernelShape)
          let y = Winograd.using(.wherePossible) {
            Convolution.forward(Tensor(x, shape: g.inputShape), kernel: w, bias: nil, g).values
          }
          let direct = PlainConvolution.forward(x, kernel: w.values, bias: nil, g)
          let spreads = direct.contains { !$0.isFinite }
          #expect(spreads)
          if bad.isNaN {
            let rectified = Winograd.using(.wherePossible) {
              Convolution.forward(
                Tensor(x, shape: g.inputShape), kernel: w, bias: nil, activation: .relu, g
              ).values
            }
            #expect(zip(direct, rectified).allSatisfy { !$0.isNaN || $1.isNaN })
          }
          let reaches = zip(direct, y).allSatisfy { $0.isFinite || !$1.isFinite }
          #expect(reaches)
          let leavesTheOtherSample = y[..<(y.count / 2)].allSatisfy(\.isFinite)
          #expect(leavesTheOtherSample)
        }
      }
    }

    // MARK: ConvLSTM

    static let recurrentCases: [RecurrentCase] =
      RecurrentCase.all.filter { if case .convLSTM = $0.sizes { true } else { false } } + [
        .conv(
          "two blocks of filters", [2, 2, 8, 7, 20], filters: 20, kernel: [3, 3], .init(padding: .same)),
        .conv("whole blocks", [1, 2, 9, 14, 16], filters: 32, kernel: [5, 3], .init(padding: .same)),
        .conv("five blocks", [1, 2, 5, 6, 3], filters: 70, kernel: [2, 4], .init(padding: .same)),
        .conv("one channel", [2, 2, 6, 8, 1], filters: 16, kernel: [7, 7], .init(padding: .same)),
        .conv(
          "one channel beside a part of a vector", [1, 2, 13, 9, 1], filters: 5, kernel: [3, 3],
          .init(padding: .same)),
        .conv("tiles of 6", [2, 3, 8, 7, 16], filters: 32, kernel: [3, 3], .init(padding: .same)),
        .conv("tiles of 6, heavy", [1, 2, 8, 8, 64], filters: 64, kernel: [3, 3], .init(padding: .same)),
        .conv("tiles of 6 and 8", [1, 2, 4, 16, 1], filters: 20, kernel: [3, 5], .init(padding: .same)),
        .conv("heavy weights", [1, 2, 9, 8, 16], filters: 128, kernel: [2, 2], .init(padding: .same)),
        .conv(
          "zero state, whole blocks", [2, 2, 9, 13, 16], filters: 16, kernel: [3, 3], .init(padding: .same),
          hasState: false),
        .conv(
          "hoisted, whole blocks", [1, 2, 13, 9, 5], filters: 32, kernel: [3, 3], .init(padding: .valid)),
        .conv(
          "hoisted from zero", [2, 3, 9, 12, 5], filters: 16, kernel: [3, 3], .init(strides: [2, 1]),
          hasState: false),
      ]

    @Test(.enabled(if: Winograd.isAvailable), arguments: recurrentCases)
    func recurrentEqualsItsTwin(_ sizes: RecurrentCase) {
      var operands = sizes.operands
      // Many channels would saturate the gates, and errors count against what comes out of them.
      if sizes.shapes.input[-1] >= 16 { operands.kernel = operands.kernel.map { $0 / 4 } }
      let expected = sizes.twin(operands)
      let cotangents = sizes.cotangents
      let expectedGradients = sizes.twinGradient(cotangents, operands)
      withTeams {
        Winograd.using(.wherePossible) {
          let result = sizes.forward(operands, keepingContext: true)
          expectClose(result.sequence!.values, expected.sequence!, 1e-4, "sequence")
          expectClose(result.hidden.values, expected.hidden!, 1e-4, "last hidden state")
          expectClose(result.cell.values, expected.cell!, 1e-4, "last cell state")
          let lean = sizes.forward(operands, returningSequence: false, keepingContext: false)
          expectClose(lean.hidden.values, expected.hidden!, 1e-4, "last hidden state alone")
          expectClose(lean.cell.values, expected.cell!, 1e-4, "last cell state alone")
          let inferred = sizes.forward(operands, keepingContext: false)
          expectClose(inferred.sequence!.values, expected.sequence!, 1e-4, "sequence without context")
          let g = sizes.gradient(cotangents, result.context!)
          expectClose(g.input!.values, expectedGradients.input, 3e-4, "input")
          expectClose(g.kernel.values, expectedGradients.kernel, 3e-4, "kernel")
          expectClose(g.recurrentKernel.values, expectedGradients.recurrentKernel, 3e-4, "recurrent kernel")
          if sizes.hasBias { expectClose(g.bias!.values, expectedGradients.bias!, 3e-4, "bias") }
          expectClose(g.initialHidden!.values, expectedGradients.hidden!, 3e-4, "hidden")
          expectClose(g.initialCell!.values, expectedGradients.cell!, 3e-4, "cell")
          let some = sizes.gradient(
            cotangents, result.context!, wantingInput: false, wantingInitialState: false)
          #expect(some.input == nil && some.initialHidden == nil)
          expectClose(some.kernel.values, expectedGradients.kernel, 3e-4, "kernel alone")
          #expect(sizes.gradient(cotangents, result.context!).kernel == g.kernel, "same bits")
          let inPlace = sizes.gradient(cotangents, result.context!, usingUpContext: true)
          #expect(inPlace.kernel == g.kernel && inPlace.input == g.input, "same bits in place")
        }
      }
    }

    @Test(.enabled(if: Winograd.isAvailable))
    func badNumbersPassThroughTheGates() {
      let sizes = RecurrentCase.conv(
        "bad", [2, 2, 9, 14, 16], filters: 16, kernel: [3, 3], .init(padding: .same), hasState: false)
      var operands = sizes.operands
      operands.input[5 * 16 + 3] = .nan
      Winograd.using(.wherePossible) {
        let result = sizes.forward(operands, keepingContext: true)
        let direct = Winograd.using(.never) { sizes.forward(operands, keepingContext: true) }
        let (expected, values) = (direct.sequence!.values, result.sequence!.values)
        let spreads = expected.contains(where: \.isNaN)
        let reaches = zip(expected, values).allSatisfy { !$0.isNaN || $1.isNaN }
        let stops = values.contains { !$0.isNaN }
        #expect(spreads && reaches && stops)
      }
    }

    /// A stream keeps its kernels in the Winograd domain; a kernel that is written to afterwards is another one.
    @Test(.enabled(if: Winograd.isAvailable))
    func kernelsThatAreKeptFollowTheirTensor() throws {
      let geometry = try ConvLSTMGeometry(
        input: [2, 1, 9, 14, 3], kernel: [3, 3, 3, 64], recurrentKernel: [3, 3, 16, 64],
        options: .init(padding: .same))
      func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        tensor(numbers(shape.count, seed: seed), shape)
      }
      let frame = random([2, 9, 14, 3], 1)
      let (hidden, cell) = (random(geometry.stateShape, 2), random(geometry.stateShape, 3))
      var kernel = random(geometry.kernelShape, 4)
      let recurrent = random(geometry.recurrentKernelShape, 5)
      func step() -> [Float] {
        ConvLSTMSequence.step(
          frame, hidden: hidden, cell: cell, kernel: kernel, recurrentKernel: recurrent, bias: nil, geometry
        ).hidden.values
      }
      Winograd.using(.wherePossible) {
        let first = step()
        #expect(step() == first)
        kernel.withUnsafeMutableValues { for i in $0.indices { $0[i] *= -1 } }
        let negated = step()
        #expect(negated != first)
        expectClose(negated, Winograd.using(.never) { step() }.map(Double.init), 1e-4, "negated")
        kernel.withUnsafeMutableValues { for i in $0.indices { $0[i] *= -1 } }
        #expect(step() == first)
      }
    }
  }
}
