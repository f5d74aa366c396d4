import Squall

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Times one ConvLSTM over a sequence, forward and forward with gradient, with and without Winograd in turn.
///
///     swift run -c release --package-path Benchmarks BenchConvLSTM [rounds] [threads]
@main
struct BenchConvLSTM {
  struct Case { let n, t, h, w, c, f, k: Int }

  static let cases: [Case] = [
    Case(n: 8, t: 10, h: 64, w: 64, c: 1, f: 64, k: 3),
    Case(n: 8, t: 10, h: 64, w: 64, c: 64, f: 64, k: 3),
    Case(n: 4, t: 10, h: 128, w: 128, c: 1, f: 32, k: 3),
    Case(n: 8, t: 10, h: 64, w: 64, c: 1, f: 64, k: 5),
    Case(n: 16, t: 10, h: 16, w: 16, c: 16, f: 128, k: 5),
    Case(n: 1, t: 10, h: 64, w: 64, c: 64, f: 64, k: 3),
    Case(n: 2, t: 10, h: 16, w: 16, c: 16, f: 16, k: 3),
  ]

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let rounds = arguments.first ?? 5
    if arguments.count > 1 { ThreadTeam.resize(to: arguments[1]) }
    print(Backend.summary)
    print("medians (minima) in ms; training is the forward pass with its gradient")
    for sizes in cases { try measure(sizes, rounds) }
  }

  /// One thread is timed by its own processor time, which other work on the machine does not lengthen.
  static func milliseconds() -> Double {
    var time = timespec()
    clock_gettime(ThreadTeam.count == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }

  static func measure(_ s: Case, _ rounds: Int) throws {
    var state: UInt64 = 88_172_645_463_325_252
    func random(_ shape: Shape, _ scale: Float) -> Tensor {
      Tensor(
        (0..<shape.count).map { _ in
          state ^= state << 13
          state ^= state >> 7
          state ^= state << 17
          return (Float(state >> 40) / Float(1 << 23) - 1) * scale
        }, shape: shape)
    }
    let scale = 1.7 / Float((s.c + s.f) * s.k * s.k).squareRoot()
    let input = random([s.n, s.t, s.h, s.w, s.c], 1)
    let kernel = random([s.k, s.k, s.c, 4 * s.f], scale)
    let recurrent = random([s.k, s.k, s.f, 4 * s.f], scale)
    let bias = random([4 * s.f], 0.3)
    let cotangent = random([s.n, s.t, s.h, s.w, s.f], 1)

    func sequence(_ x: [Tensor]) throws -> Tensor {
      try x[0].convLSTMSequence(
        kernel: x[1], recurrentKernel: x[2], bias: x[3], initialState: nil, options: .init(padding: .same)
      ).sequence!
    }
    func infer(_ use: Winograd.Use) throws -> Tensor {
      try Winograd.using(use) { try sequence([input, kernel, recurrent, bias]) }
    }
    /// The gradients of input, kernel, recurrent kernel and bias, from a cotangent that costs nothing.
    func train(_ use: Winograd.Use) throws -> [Tensor] {
      try Winograd.using(use) {
        try valueAndGradient(at: [input, kernel, recurrent, bias]) { x in
          withCustomGradient([try sequence(x)]) { _ in ([Tensor(0)], { _ in [cotangent] }) }[0]
        }.gradient.map { $0! }
      }
    }
    let pixels = Double(s.n * s.t * s.h * s.w)
    let flops = pixels * Double(8 * s.k * s.k * (s.c + s.f) * s.f + 10 * s.f)
    func report(_ what: String, _ factor: Double, _ run: (Winograd.Use) throws -> Void) rethrows {
      var times: [[Double]] = [[], [], []]
      let uses: [Winograd.Use] = [.never, .wherePossible, .whereFaster]
      for round in 0...rounds {
        for (index, use) in uses.enumerated() {
          let start = milliseconds()
          try run(use)
          if round > 0 { times[index].append(milliseconds() - start) }
        }
      }
      func show(_ values: [Double]) -> String {
        let sorted = values.sorted()
        func one(_ x: Double) -> String { "\((x * 10).rounded() / 10)" }
        return "\(one(sorted[sorted.count / 2])) (\(one(sorted[0])))"
      }
      let best = times.map { $0.min()! }
      print(
        "N\(s.n) T\(s.t) \(s.h)×\(s.w) \(s.c)→\(s.f) k\(s.k) \(what): exact \(show(times[0])), Winograd",
        "\(show(times[1])), ×\((best[0] / best[1] * 100).rounded() / 100), chosen \(show(times[2])),",
        "\((factor * flops / best[1] / 1e6).rounded()) GF/s")
    }
    try report("inference", 1) { _ = try infer($0) }
    try report("training", 3) { _ = try train($0) }
    let (exact, fast) = try (train(.never), train(.wherePossible))
    func error(_ a: Tensor, _ b: Tensor) -> Float {
      let (x, y) = (a.values, b.values)
      let rms = (y.reduce(0) { $0 + $1 * $1 } / Float(y.count)).squareRoot()
      return zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1)) } / rms
    }
    let errors = zip(fast, exact).map(error)
    print(
      "  largest difference over RMS: sequence \(error(try infer(.wherePossible), try infer(.never))), input",
      "\(errors[0]), kernel \(errors[1]), recurrent kernel \(errors[2]), bias \(errors[3])")
  }
}
