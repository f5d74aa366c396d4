import CPeak
import Foundation
import Squall

/// Squall's side of the benchmark: reads commands from standard input and answers each with a line.
///
///     BenchWorker FOLDER [--exact]
///
/// `prepare` writes the inputs, targets and weights that everybody computes with; `train` and `infer` do one step
/// and answer its milliseconds; `losses` trains three steps and answers their losses; `output FILE` writes the
/// output; `peak` measures the processor; `flops` and `memory` answer numbers.
@main
struct BenchWorker {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") }
    guard let path = arguments.first else {
      print("usage: BenchWorker FOLDER [--exact]")
      return
    }
    let use: Winograd.Use = CommandLine.arguments.contains("--exact") ? .never : .whereFaster
    try Winograd.using(use) { try serve(URL(filePath: path)) }
  }

  static func serve(_ folder: URL) throws {
    let workload = try Workload(contentsOf: folder)
    let file = folder.appending(path: "arrays.safetensors")
    var side: Side?
    func ready() throws -> Side {
      if let side { return side }
      let made = try Side(workload, SafeTensorsFile(contentsOf: file))
      side = made
      return made
    }
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      switch words.first {
      case "prepare":
        try Side.arrays(workload).write(to: file)
        try Checkpoint(workload.model()).write(to: folder.appending(path: "model.squall"))
        answer("ok")
      case "train": answer(try milliseconds { _ = try ready().train() })
      case "infer": answer(try milliseconds { _ = try ready().infer() })
      case "losses": answer(try (0..<3).map { _ in "\(try ready().train())" }.joined(separator: " "))
      case "output":
        let values = try ready().output().values
        try values.withUnsafeBytes { try Data($0).write(to: URL(filePath: words[1])) }
        answer("ok")
      case "flops": answer(try workload.model().operations.map { $0 * workload.n } ?? 0)
      case "peak": answer(peak())
      case "memory": answer(peakMegabytes())
      default: return
      }
    }
  }

  /// `print` would keep the line in a buffer.
  static func answer(_ value: Any) { FileHandle.standardOutput.write(Data("\(value)\n".utf8)) }

  static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    let time = start.duration(to: .now).components
    return Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15
  }

  /// GFLOP/s in float32 of all threads together, the best of five.
  static func peak() -> Double {
    let rounds: Int64 = 20_000_000
    let threads = ThreadTeam.count
    return (0..<5).map { _ in
      let time = milliseconds {
        ThreadTeam.forEach(count: threads) { part in
          var sink: Float = 0
          for _ in part { _ = bench_multiply_adds(rounds, &sink) }
        }
      }
      var sink: Float = 0
      let operations = Double(bench_multiply_adds(1, &sink)) * Double(rounds) * Double(threads)
      return operations / time / 1e6
    }.max()!
  }

  /// The most memory that the process ever held, as the system counts it.
  static func peakMegabytes() -> Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
    else { return .nan }
    return kilobytes / 1024
  }
}

/// A model with its data and its optimizer.
final class Side {
  private let workload: Workload
  private var model: ModelGraph
  private var optimizer: Optimizer
  private let input: Tensor
  private let target: Tensor
  private let frames: [Tensor]
  private var state: LSTMState?

  init(_ workload: Workload, _ arrays: SafeTensorsFile) throws {
    func tensor(_ name: String) throws -> Tensor {
      try Tensor(arrays.floats(name), shape: Shape(arrays.shape(name)))
    }
    self.workload = workload
    model = try workload.model()
    optimizer = try Optimizer(Adam())
    input = try tensor("x")
    target = try tensor("y")
    let input = input
    frames = (0..<workload.t).map { input.entry($0, axis: 1) }
  }

  /// One training step; the loss before it.
  func train() throws -> Float {
    var context = Context(isTraining: true)
    let (value, gradients) = try valueAndGradient(at: model) { model in
      try workload.loss(prediction: model(input, context: &context), target: target)
    }
    try optimizer.update(&model, along: gradients)
    return value.scalar
  }

  /// What is timed: the whole model, or of a stream its next frame.
  func infer() throws -> Tensor { workload.kind == .step ? try step(0) : try model(input) }

  /// What is compared.
  func output() throws -> Tensor {
    guard workload.kind == .step else { return try model(input) }
    state = nil
    return try (0..<workload.t).map { try step($0) }.last!
  }

  private func step(_ time: Int) throws -> Tensor {
    guard let layer = model.layers.lazy.compactMap({ $0.layer as? ConvLSTM2D }).first else { return input }
    let (map, next) = try layer.step(frames[time], state)
    state = next
    return map
  }

  /// Input, target and, under `w000`, `w001`, …, the weights in the order of the layers.
  static func arrays(_ workload: Workload) throws -> SafeTensorsFile {
    var random = RandomStream(seed: 7)
    func entry(_ name: String, _ shape: Shape, _ value: () -> Float) throws -> SafeTensorsEntry {
      try SafeTensorsEntry(name, shape: shape.dimensions, floats: (0..<shape.count).map { _ in value() })
    }
    var entries = [
      try entry("x", workload.inputShape) { random.uniform() },
      try entry("y", workload.targetShape) {
        workload.kind == .classifier ? Float(random.integer(below: workload.classes)) : random.uniform() - 0.5
      },
    ]
    for (index, item) in try workload.model().parameters.enumerated() {
      let name = "w" + String(1000 + index).dropFirst()
      entries.append(
        try SafeTensorsEntry(
          name, shape: item.parameter.value.shape.dimensions, floats: item.parameter.value.values))
    }
    return try SafeTensorsFile(entries: entries)
  }
}
