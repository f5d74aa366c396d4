import CKernels
import TensorCore
import Testing

/// The vector kernels at every level of instructions that this processor has.
extension KernelTests {
  @Suite struct VectorKernelTests {
    static func withEachInstructionSet(_ body: (String) -> Void) {
      defer { squall_limit_instructions(squall_instructions_avx512) }
      for limit in [squall_instructions_portable, squall_instructions_avx2, squall_instructions_avx512] {
        squall_limit_instructions(limit)
        body(String(cString: squall_instruction_set()))
      }
    }

    static func apply(_ function: squall_function, _ x: [Float]) -> [Float] {
      var y = x
      y.withUnsafeMutableBufferPointer {
        squall_apply(function, $0.baseAddress!, $0.baseAddress!, Int64($0.count))
      }
      return y
    }

    struct Function: Sendable, CustomTestStringConvertible {
      let code: squall_function
      let activation: Activation?
      let range: ClosedRange<Double>
      /// Of the absolute error, and of the error relative to the value.
      let absolute, relative: Double
      let testDescription: String

      func exact(_ x: Double) -> Double {
        activation?.value(x)
          ?? (code == squall_function_log ? Double.logarithm(x) : Double.logarithmOfOnePlus(x))
      }
    }

    static let functions: [Function] = [
      .init(
        code: squall_function_sigmoid, activation: .sigmoid, range: -40...40, absolute: 2e-7, relative: 3e-7,
        testDescription: "sigmoid"),
      .init(
        code: squall_function_tanh, activation: .tanh, range: -12...12, absolute: 2e-7, relative: 3e-7,
        testDescription: "tanh"),
      .init(
        code: squall_function_exp, activation: .exponential, range: -87...88, absolute: .infinity,
        relative: 2e-7, testDescription: "exp"),
      .init(
        code: squall_function_hard_sigmoid, activation: .hardSigmoid, range: -5...5, absolute: 1e-7,
        relative: .infinity, testDescription: "hard sigmoid"),
      .init(
        code: squall_function_log, activation: nil, range: 1e-6...50, absolute: 1e-6, relative: 2e-7,
        testDescription: "log"),
      .init(
        code: squall_function_log1p, activation: nil, range: -0.999...50, absolute: 1e-6, relative: 3e-7,
        testDescription: "log1p"),
    ]

    @Test(arguments: functions)
    func errorsAreSmallOverADenseGrid(_ function: Function) {
      let count = 200_003
      let span = function.range.upperBound - function.range.lowerBound
      let x = (0..<count).map { Float(function.range.lowerBound + span * Double($0) / Double(count - 1)) }
      let exact = x.map { function.exact(Double($0)) }
      Self.withEachInstructionSet { set in
        var absolute = 0.0, relative = 0.0
        for (y, reference) in zip(Self.apply(function.code, x), exact) {
          let error = abs(Double(y) - reference)
          if !(error <= absolute) { absolute = error }
          // Near a zero of log the argument's own rounding rules; elsewhere the value counts.
          if abs(reference) > 1e-30, !(error / abs(reference) <= relative) {
            relative = error / abs(reference)
          }
        }
        #expect(absolute <= function.absolute, "\(set)")
        #expect(relative <= function.relative, "\(set)")
      }
    }

    @Test func limitsAndNaN() {
      let x: [Float] = [.nan, .infinity, -.infinity, 0, 1000, -1000, .leastNonzeroMagnitude, -0.0]
      Self.withEachInstructionSet { set in
        // Long enough for whole vectors as well as the rest behind them.
        func values(_ function: squall_function) -> [Float] {
          let repeated = Self.apply(function, (0..<5).flatMap { _ in x })
          for (j, value) in repeated.enumerated() {
            let first = repeated[j % x.count]
            #expect(value == first || (value.isNaN && first.isNaN), "\(set)")
          }
          #expect(repeated[0].isNaN, "\(set)")
          return Array(repeated[1..<x.count])
        }
        #expect(values(squall_function_sigmoid) == [1, 0, 0.5, 1, 0, 0.5, 0.5])
        #expect(values(squall_function_hard_sigmoid) == [1, 0, 0.5, 1, 0, 0.5, 0.5])
        #expect(values(squall_function_tanh)[..<5] == [1, -1, 0, 1, -1])
        #expect(values(squall_function_tanh).last!.sign == .minus)
        #expect(values(squall_function_relu) == [.infinity, 0, 0, 1000, 0, .leastNonzeroMagnitude, 0])
        #expect(values(squall_function_exp) == [.infinity, 0, 1, .infinity, 0, 1, 1])
        let logarithms = values(squall_function_log)
        #expect(logarithms[0] == .infinity && logarithms[1].isNaN && logarithms[2] == -.infinity)
        #expect(logarithms[4].isNaN && abs(logarithms[5] + 103.2789) < 1e-3)
        let shifted = values(squall_function_log1p)
        #expect(shifted[0] == .infinity && shifted[1].isNaN && shifted[2] == 0 && shifted[4].isNaN)
        #expect(shifted[5] == .leastNonzeroMagnitude)
      }
    }

    @Test(arguments: [Activation.sigmoid, .hardSigmoid, .tanh, .relu, .exponential, .linear])
    func gradientsEqualTheTwins(_ activation: Activation) {
      let x = numbers(1003, seed: 1, scale: 4)
      let dy = numbers(1003, seed: 2)
      let expected = zip(x, dy).map { $1 * activation.derivative(at: $0, value: activation.value($0)) }
      withTeams {
        for backend in backends {
          Self.withEachInstructionSet { set in
            Backend.using(backend) {
              let xs = tensor(x, [17, 59])
              let y = ActivationFunction.forward(xs, activation)
              expectClose(y.values, x.map { activation.value($0) }, 1e-6, "\(backend) \(set)")
              let dx = ActivationFunction.gradient(tensor(dy, [17, 59]), input: xs, output: y, activation)
              expectClose(dx.values, expected, 1e-5, "gradient, \(backend) \(set)")
            }
          }
        }
      }
    }

    /// The recurrent tests run the gates with the processor's best instructions; here the others.
    @Test(arguments: RecurrentCase.all.prefix(3))
    func gatesEqualTheirTwinAtEveryLevel(_ sizes: RecurrentCase) {
      let expected = sizes.twin(sizes.operands)
      let gradients = sizes.twinGradient(sizes.cotangents, sizes.operands)
      Self.withEachInstructionSet { set in
        let result = sizes.forward(sizes.operands, keepingContext: true)
        expectClose(result.sequence!.values, expected.sequence!, 1e-5, set)
        let d = sizes.gradient(sizes.cotangents, result.context!)
        expectClose(d.kernel.values, gradients.kernel, 1e-4, set)
        expectClose(d.initialCell!.values, gradients.cell!, 1e-4, set)
      }
    }

    /// The same bits whatever the team and the instructions.
    @Test(arguments: [1, 15, 16, 17, 65536, 200_001])
    func sumsHaveOneOrder(_ count: Int) {
      let x = numbers(count, seed: 5)
      let a = tensor(x, [count])
      let exact = (x.reduce(0, +), x.reduce(0) { $0 + $1 * $1 })
      var seen: [[Double]] = []
      withTeams([1, 2, 3]) {
        Self.withEachInstructionSet { _ in seen.append([Reduction.sum(a), Reduction.sumOfSquares(a)]) }
      }
      #expect(seen.allSatisfy { $0 == seen[0] })
      #expect(abs(seen[0][0] - exact.0) <= 1e-10 * Double(count))
      #expect(abs(seen[0][1] - exact.1) <= 1e-10 * Double(count))
    }

    /// The loss and its gradient in one pass have the bits that two passes give.
    @Test(arguments: [1, 15, 16, 17, 65536, 200_001])
    func squaredDifferencesAndTheirGradient(_ count: Int) {
      let (a, b) = (tensor(numbers(count, seed: 7), [count]), tensor(numbers(count, seed: 8), [count]))
      let exact = zip(a.values, b.values).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      let slopes = zip(a.values, b.values).map { ($0 - $1) * 0.3 }
      withTeams([1, 2, 3]) {
        Self.withEachInstructionSet { _ in
          let (sum, scaled) = Reduction.squaredDifferences(a, b, factor: 0.3)
          #expect(sum == Reduction.sumOfSquaredDifferences(a, b))
          #expect(abs(sum - exact) <= 1e-10 * Double(count))
          #expect(scaled.values == slopes)
          #expect(scaled.values == Reduction.scaledDifference(a, b, factor: 0.3).values)
        }
      }
    }

    @Test(arguments: [(1, 1), (5, 3), (1000, 7), (70_000, 4), (3, 20_000)])
    func columnSumsHaveOneOrder(_ sizes: (rows: Int, columns: Int)) {
      let x = numbers(sizes.rows * sizes.columns, seed: 6)
      let a = tensor(x, [sizes.rows, sizes.columns])
      let exact = PlainConvolution.biasGradient(x, columns: sizes.columns)
      var seen: [Tensor] = []
      withTeams([1, 2, 3]) {
        Self.withEachInstructionSet { _ in seen.append(Convolution.biasGradient(a)) }
      }
      #expect(seen.allSatisfy { $0 == seen[0] })
      expectClose(seen[0].values, exact, 1e-6, "sums")
    }

    @Test(arguments: [1, 31, 100_000])
    func findsWhatIsNotFinite(_ count: Int) {
      var a = Tensor.ones([count])
      #expect(Reduction.isFinite(a))
      for value in [Float.nan, .infinity, -.infinity] {
        a.withUnsafeMutableValues { $0[count - 1] = value }
        #expect(!Reduction.isFinite(a))
      }
      a.withUnsafeMutableValues { $0[count - 1] = .greatestFiniteMagnitude }
      #expect(Reduction.isFinite(a))
      #expect(Reduction.isFinite(Tensor.zeros([0])))
    }
  }
}
