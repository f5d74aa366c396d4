import TensorCore
import Testing

extension KernelTests {
  @Suite struct RecurrentTests {
    @Test(arguments: RecurrentCase.all)
    func equalsItsTwin(_ sizes: RecurrentCase) {
      let operands = sizes.operands
      let expected = sizes.twin(operands)
      let cotangents = sizes.cotangents
      let expectedGradients = sizes.twinGradient(cotangents, operands)
      withTeams {
        for backend in backends {
          Backend.using(backend) {
            let result = sizes.forward(operands, keepingContext: true)
            #expect(result.sequence!.shape == sizes.shapes.sequence)
            #expect(result.hidden.shape == sizes.shapes.state)
            expectClose(result.sequence!.values, expected.sequence!, 1e-5, "sequence, \(backend)")
            expectClose(result.hidden.values, expected.hidden!, 1e-5, "last hidden state, \(backend)")
            expectClose(result.cell.values, expected.cell!, 1e-5, "last cell state, \(backend)")
            let gradients = sizes.gradient(cotangents, result.context!)
            check(gradients, expectedGradients, sizes, "\(backend)")
            let again = sizes.forward(operands, keepingContext: true)
            #expect(again.sequence == result.sequence, "same bits")
            let gradientsAgain = sizes.gradient(cotangents, again.context!)
            #expect(gradientsAgain.recurrentKernel == gradients.recurrentKernel, "same bits")
            #expect(gradientsAgain.input == gradients.input, "same bits")
            #expect(sizes.gradient(cotangents, result.context!).kernel == gradients.kernel, "context unspent")
            let inPlace = sizes.gradient(cotangents, result.context!, usingUpContext: true)
            #expect(
              inPlace.kernel == gradients.kernel && inPlace.input == gradients.input, "same bits in place")
            #expect(inPlace.initialHidden == gradients.initialHidden, "same bits in place")
          }
        }
      }
    }

    func check(
      _ gradients: RecurrentGradients, _ expected: PlainRecurrent.Operands<Double>, _ sizes: RecurrentCase,
      _ what: String
    ) {
      expectClose(gradients.input!.values, expected.input, 1e-4, "input, \(what)")
      expectClose(gradients.kernel.values, expected.kernel, 1e-4, "kernel, \(what)")
      if sizes.hasBias { expectClose(gradients.bias!.values, expected.bias!, 1e-4, "bias, \(what)") }
      expectClose(gradients.initialHidden!.values, expected.hidden!, 1e-4, "hidden, \(what)")
      expectClose(gradients.initialCell!.values, expected.cell!, 1e-4, "cell, \(what)")
      expectClose(
        gradients.recurrentKernel.values, expected.recurrentKernel, 1e-4, "recurrent kernel, \(what)")
    }

    @Test(arguments: RecurrentCase.all.filter(\.isSmall))
    func twinHasTheGradientsOfItsForward(_ sizes: RecurrentCase) {
      var o = sizes.operands
      o.hidden = numbers(sizes.shapes.state.count, seed: 11)
      o.cell = numbers(sizes.shapes.state.count, seed: 12)
      let operands = o
      let d = sizes.cotangents
      let weights = d.sequence! + d.hidden! + d.cell!
      let gradients = sizes.twinGradient(d, operands)
      func differences(
        _ path: WritableKeyPath<PlainRecurrent.Operands<Double>, [Double]>, _ what: String
      ) {
        expectDifferences(
          of: { value in
            var changed = operands
            changed[keyPath: path] = value
            let results = sizes.twin(changed)
            return results.sequence! + results.hidden! + results.cell!
          }, at: operands[keyPath: path], weights: weights, gradient: gradients[keyPath: path], what)
      }
      differences(\.input, "input")
      differences(\.kernel, "kernel")
      differences(\.recurrentKernel, "recurrent kernel")
      if sizes.hasBias { differences(\.bias!, "bias") }
      differences(\.hidden!, "hidden")
      differences(\.cell!, "cell")
    }

    /// Without a context, or only for the last state, the values are the same bits.
    @Test(arguments: RecurrentCase.all)
    func inferenceGivesWhatTrainingGives(_ sizes: RecurrentCase) {
      for backend in backends {
        Backend.using(backend) {
          let training = sizes.forward(sizes.operands, keepingContext: true)
          let inference = sizes.forward(sizes.operands, keepingContext: false)
          #expect(inference.sequence == training.sequence && inference.context == nil)
          let last = sizes.forward(sizes.operands, returningSequence: false, keepingContext: false)
          #expect(last.sequence == nil && last.hidden == training.hidden && last.cell == training.cell)
        }
      }
    }

    /// Each cotangent alone, so that none can hide behind another.
    @Test(arguments: RecurrentCase.all.filter { $0.hasState && $0.hasBias })
    func servesEachCotangentAlone(_ sizes: RecurrentCase) {
      let all = sizes.cotangents
      for backend in backends {
        Backend.using(backend) {
          let context = sizes.forward(sizes.operands, keepingContext: true).context!
          for (name, d) in [
            ("sequence", PlainRecurrent.Results(sequence: all.sequence, hidden: nil, cell: nil)),
            ("hidden", PlainRecurrent.Results(sequence: nil, hidden: all.hidden, cell: nil)),
            ("cell", PlainRecurrent.Results(sequence: nil, hidden: nil, cell: all.cell)),
          ] {
            check(sizes.gradient(d, context), sizes.twinGradient(d, sizes.operands), sizes, name)
          }
          let spare = sizes.gradient(all, context, wantingInput: false, wantingInitialState: false)
          #expect(spare.input == nil && spare.initialHidden == nil && spare.initialCell == nil)
          #expect(spare.kernel == sizes.gradient(all, context).kernel)
        }
      }
    }

    @Test(arguments: backends)
    func stepsAgreeWithTheSequence(_ backend: Backend) throws {
      let sizes = RecurrentCase.all[0]
      guard case .convLSTM(let g) = sizes.sizes else { return }
      let one = try ConvLSTMGeometry(
        input: [2, 1, 5, 7, 3], kernel: g.kernelShape, recurrentKernel: g.recurrentKernelShape,
        options: g.options)
      let o = sizes.operands
      Backend.using(backend) {
        let whole = sizes.forward(o, keepingContext: false)
        var hidden = tensor(o.hidden!, g.stateShape), cell = tensor(o.cell!, g.stateShape)
        for t in 0..<g.time {
          let frame = Movement.slice(tensor(o.input, g.inputShape), axis: 1, t..<(t + 1))
          (hidden, cell) = ConvLSTMSequence.step(
            frame.viewed(as: [2, 5, 7, 3]), hidden: hidden, cell: cell,
            kernel: tensor(o.kernel, g.kernelShape),
            recurrentKernel: tensor(o.recurrentKernel, g.recurrentKernelShape),
            bias: tensor(o.bias!, g.biasShape), one)
          let expected = Movement.slice(whole.sequence!, axis: 1, t..<(t + 1)).values.map(Double.init)
          expectClose(hidden.values, expected, 1e-5, "step \(t)")
        }
        expectClose(cell.values, whole.cell.values.map(Double.init), 1e-5, "cell")
      }
    }

    @Test(arguments: backends)
    func passesNaNOn(_ backend: Backend) {
      let sizes = RecurrentCase.all[0]
      var operands = sizes.operands
      operands.input[0] = .nan
      Backend.using(backend) {
        let result = sizes.forward(operands, keepingContext: true)
        #expect(result.sequence!.values[0].isNaN)
        #expect(result.cell.values.contains { $0.isNaN })
        let gradients = sizes.gradient(sizes.cotangents, result.context!)
        #expect(gradients.kernel.values.contains { $0.isNaN })
      }
    }

    /// Inference over a longer sequence takes no more memory than its input and output do.
    @Test func inferenceKeepsNothing() throws {
      func peak(time: Int) throws -> Int {
        let g = try ConvLSTMGeometry(
          input: [1, time, 48, 40, 2], kernel: [3, 3, 2, 64], recurrentKernel: [3, 3, 16, 64],
          options: .init(padding: .same))
        let x = Tensor.ones(g.inputShape)
        let w = Tensor.ones(g.kernelShape)
        let u = Tensor.ones(g.recurrentKernelShape)
        let before = Allocator.statistics.bytesInUse
        Allocator.resetPeak()
        _ = ConvLSTMSequence.forward(x, kernel: w, recurrentKernel: u, bias: nil, g, returningSequence: false)
        return Allocator.statistics.peakBytesInUse - before
      }
      guard Backend.current == .oneDNN else { return }
      _ = try peak(time: 4)
      // 64 MiB of gates are worked on at once; 200 steps hold 98 MiB of them.
      #expect(try peak(time: 200) < 90 << 20)
    }

    @Test func refusesWhatDoesNotFit() {
      func kind(_ input: Shape, _ kernel: Shape, _ recurrent: Shape) -> ShapeError.Kind? {
        do {
          _ = try ConvLSTMGeometry(input: input, kernel: kernel, recurrentKernel: recurrent, options: .init())
          return nil
        } catch { return error.kind }
      }
      #expect(kind([2, 3, 5, 7, 3], [3, 3, 3, 16], [3, 3, 4, 16]) == nil)
      #expect(kind([2, 3, 5], [3, 3, 16], [3, 4, 16]) == .wrongRank)
      #expect(kind([2, 5, 7, 3], [3, 3, 3, 16], [3, 3, 4, 16]) == .wrongRank)
      #expect(kind([2, 3, 5, 7, 4], [3, 3, 3, 16], [3, 3, 4, 16]) == .wrongChannels)
      #expect(kind([2, 0, 5, 7, 3], [3, 3, 3, 16], [3, 3, 4, 16]) == .emptyDimension)
      #expect(kind([2, 3, 2, 7, 3], [3, 3, 3, 16], [3, 3, 4, 16]) == .kernelLargerThanInput)
      #expect(kind([2, 3, 5, 7, 3], [3, 3, 3, 16], [3, 3, 5, 16]) == .wrongLength)
      #expect(throws: ShapeError.self) {
        try LSTMGeometry(input: [2, 3, 5], kernel: [4, 8], recurrentKernel: [2, 8])
      }
      #expect(throws: ShapeError.self) {
        try LSTMGeometry(input: [2, 3, 5, 1], kernel: [5, 8], recurrentKernel: [2, 8])
      }
    }
  }
}
