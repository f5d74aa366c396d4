import Contenders
import Layers
import Support
import Synchronization
import TensorCore
import Training

/// A trained contender as measurements see it.
struct MeasuredModel {
  let name: String
  let model: ModelGraph
  /// The same architecture with the weights it started from: what is there without learning.
  let untrained: ModelGraph
}

/// Everything that measurements need, whatever the task.
struct MeasurementSubjects {
  let models: [MeasuredModel]
  /// One batch as training takes it, with its loss.
  let batch: TrainingBatch
  let loss: Loss
  /// The precision of training steps.
  let precision: Precision
  /// Seconds that it takes to make such a batch from the data.
  let preparationSeconds: Double
  /// Whether to leave out what takes long.
  let isQuick: Bool
}

/// Collects what layers hand on while a model runs.
final class LayerRecorder: Sendable {
  struct Event: Sendable {
    let layer: String
    let outputs: [Tensor]
    let time: ContinuousClock.Instant
  }

  private let events = Mutex<[Event]>([])
  private let keepsOutputs: Bool

  init(keepsOutputs: Bool = true) { self.keepsOutputs = keepsOutputs }

  /// Runs a model in inference.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit.
  func run(_ model: ModelGraph, _ inputs: [Tensor]) throws -> [Event] {
    events.withLock { $0 = [] }
    var context = Context.inference
    context.observer = { [self] layer, outputs in
      let event = Event(layer: layer, outputs: keepsOutputs ? outputs : [], time: .now)
      events.withLock { $0.append(event) }
    }
    _ = try AutoregressiveDecoding.output(model, inputs, &context)
    return events.withLock { $0 }
  }
}

extension ModelGraph {
  /// The type of a layer, with what a wrapper wraps.
  func typeName(of node: Node) -> String {
    guard let layer = self[layer: node.layer] else { return "" }
    let name = type(of: layer).typeName
    guard let wrapper = layer as? TimeDistributed else { return name }
    return "\(type(of: wrapper.layer).typeName) each frame"
  }

  /// Whether a value has no height and width any more: `[batch, features]` or `[batch, time, features]`.
  func isVector(_ node: Node) -> Bool { (node.outputShapes.first?.rank ?? 0) <= 3 }
}

extension Duration {
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

/// Numbers as measurements write them.
enum MeasuredText {
  /// "a, b and c".
  static func list(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and \(last)"
  }

  static func metric(_ value: Double) -> String {
    for (size, prefix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where abs(value) >= size {
      return significant(value / size) + " " + prefix
    }
    return significant(value)
  }

  static func bytes(_ value: Int) -> String {
    for (size, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where value >= size {
      return significant(Double(value) / Double(size)) + " \(unit)"
    }
    return "\(value) B"
  }

  static func seconds(_ value: Double) -> String {
    value < 1 ? significant(value * 1000) + " ms" : significant(value) + " s"
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }

  /// Three digits that matter.
  static func significant(_ value: Double) -> String {
    NumberText.typographic(NumberText.significant(value, 3))
  }

  static func fixed(_ value: Double, _ digits: Int) -> String {
    NumberText.typographic(NumberText.fixed(value, digits))
  }
}
