import Foundation
import Squall

/// What bfloat16 costs and saves.
///
///     swift run -c release --package-path Benchmarks BenchPrecision [rounds]
///     swift run -c release --package-path Benchmarks BenchPrecision curves FOLDER
///
/// The first times a training step of one layer in float32 and in bfloat16 in turn and counts the bytes it keeps. The
/// second reads `FOLDER/PRECISION-SEED/history.csv` of trainings and prints the validation losses.
@main
struct BenchPrecision {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "curves", arguments.count == 2 {
      Curves(folder: URL(filePath: arguments[1])).show()
      return
    }
    let rounds = arguments.first.flatMap { Int($0) } ?? 7
    print(Backend.summary)
    if let explanation = Precision.bfloat16.explanation { print(explanation) }
    print(
      "| layer | float32 ms | bfloat16 ms | ratio | own instructions ms | kept, MB | of float32 | peak of a step, MB | of float32 |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for network in Network.all { try network.measure(rounds) }
  }
}

/// A network of a few layers over a batch of sequences.
struct Network {
  let name: String
  let input: Shape
  let layers: [any Layer]

  init(name: String, input: Shape, @LayerListBuilder layers: () -> [any Layer]) {
    self.name = name
    self.input = input
    self.layers = layers()
  }

  static func conv(_ n: Int, _ t: Int, _ h: Int, _ w: Int, _ c: Int, _ f: Int, _ k: Int) -> Network {
    Network(name: "ConvLSTM2D N\(n) T\(t) \(h)×\(w) \(c)→\(f) k\(k)", input: [n, t, h, w, c]) {
      ConvLSTM2D(filters: f, kernelSize: Extent(integerLiteral: k), padding: .same, returnSequences: true)
    }
  }

  static let all: [Network] = [
    conv(8, 10, 64, 64, 1, 64, 3), conv(8, 10, 64, 64, 64, 64, 3), conv(8, 10, 64, 64, 1, 64, 5),
    conv(8, 10, 64, 64, 1, 64, 1), conv(16, 10, 16, 16, 16, 128, 5),
    Network(name: "LSTM N32 T20 512→256", input: [32, 20, 512]) { LSTM(units: 256, returnSequences: true) },
    Network(name: "Conv2D + LSTM classifier N16 T10 64×64×1", input: [16, 10, 64, 64, 1]) {
      TimeDistributed(Conv2D(filters: 32, kernelSize: 3, padding: .same, activation: .relu))
      TimeDistributed(MaxPooling2D())
      TimeDistributed(Conv2D(filters: 64, kernelSize: 3, padding: .same, activation: .relu))
      TimeDistributed(MaxPooling2D())
      TimeDistributed(Conv2D(filters: 128, kernelSize: 3, padding: .same, activation: .relu))
      TimeDistributed(MaxPooling2D())
      TimeDistributed(Flatten())
      LSTM(units: 256)
      Dense(units: 10, activation: .softmax)
    },
    Network(name: "three ConvLSTM2D N8 T10 32×32×4, 64 filters, k3", input: [8, 10, 32, 32, 4]) {
      ConvLSTM2D(filters: 64, kernelSize: 3, padding: .same, returnSequences: true)
      ConvLSTM2D(filters: 64, kernelSize: 3, padding: .same, returnSequences: true)
      ConvLSTM2D(filters: 64, kernelSize: 3, padding: .same, returnSequences: true)
      TimeDistributed(Conv2D(filters: 4, kernelSize: 1))
    },
    Network(name: "Conv2D N16 32×32 64→128 k3, strides 2", input: [16, 32, 32, 64]) {
      Conv2D(filters: 128, kernelSize: 3, strides: 2, padding: .same)
    },
    Network(name: "Conv2D N16 32×32 32→64 k1", input: [16, 32, 32, 32]) {
      Conv2D(filters: 64, kernelSize: 1)
    },
  ]

  func measure(_ rounds: Int) throws {
    let shape = SymbolicShape([nil] + input.dimensions.dropFirst().map { $0 })
    let model = try Sequential(input: shape, seed: 1) { for layer in layers { layer } }
    var random = RandomStream(seed: 2)
    let x = random.uniform(shape: input)
    func step(_ precision: Precision) throws -> (milliseconds: Double, kept: Int, peak: Int) {
      try Precision.using(precision) {
        let before = Allocator.statistics.bytesInUse
        Allocator.resetPeak()
        let start = ContinuousClock.now
        var kept = 0
        _ = try valueAndGradient(at: model) { model in
          let sum = try model(x).squared().mean()
          kept = Allocator.statistics.bytesInUse - before
          return sum
        }
        let time = start.duration(to: .now).components
        return (
          Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15, kept,
          Allocator.statistics.peakBytesInUse - before
        )
      }
    }
    var times: [Precision: [Double]] = [:]
    var withInstructions: [Double] = []
    var bytes: [Precision: (kept: Int, peak: Int)] = [:]
    for round in 0...rounds {
      for precision in Precision.allCases {
        let result = try step(precision)
        if round > 0 { times[precision, default: []].append(result.milliseconds) }
        bytes[precision] = (result.kept, result.peak)
      }
      let result = try Precision.using(Precision.Instructions.wherePossible) { try step(.bfloat16) }
      if round > 0 { withInstructions.append(result.milliseconds) }
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    func megabytes(_ bytes: Int) -> String { "\(Int((Double(bytes) / 1e6).rounded()))" }
    func ratio(_ a: Int, _ b: Int) -> String { String(format: "%.2f", Double(a) / Double(b)) }
    let (whole, halves) = (median(times[.float32]!), median(times[.bfloat16]!))
    let (full, half) = (bytes[.float32]!, bytes[.bfloat16]!)
    print(
      "| \(name) | "
        + String(format: "%.1f | %.1f | %.2f | %.1f", whole, halves, halves / whole, median(withInstructions))
        + " | \(megabytes(full.kept)) → \(megabytes(half.kept)) | \(ratio(half.kept, full.kept))"
        + " | \(megabytes(full.peak)) → \(megabytes(half.peak)) | \(ratio(half.peak, full.peak)) |")
  }
}
