import Autodiff
import Foundation
import Layers
import TensorCore

/// Writes models as ONNX files (opset 17) for other runtimes.
public struct ONNXExporter: Sendable {
  /// How recurrent layers run through time.
  public enum Form: String, Hashable, Sendable, CaseIterable {
    /// The whole sequence with ONNX' `Scan`.
    case scan
    /// The whole sequence, every step written out, for runtimes without loops; needs a fixed number of steps.
    case unrolled
    /// One step: the states are inputs and outputs, for streaming. The time axis has length 1.
    case step
  }

  public static let opset = 17

  public var form: Form
  /// Fixed height and width where the model leaves them open and the runtime wants them.
  public var height: Int?
  public var width: Int?

  public init(form: Form = .scan, height: Int? = nil, width: Int? = nil) {
    self.form = form
    self.height = height
    self.width = width
  }

  /// The file's bytes. Inputs bear the model's names; outputs are called `output`, `output_1`, …; in the single
  /// step `NAME.state_0` goes in and `NAME.next_state_0` comes out of each recurrent layer.
  ///
  /// - Throws: `UnsupportedModelError` with everything that cannot be written.
  public func data(for graph: ModelGraph) throws -> Data {
    let graph = graph.flattened()
    var inputs = graph.inputShapes(height: height, width: width)
    if form == .step {
      guard graph.layers.contains(where: { $0.layer is any RecurrentLayer }) else {
        throw InterchangeError(
          .invalidOption, in: graph.name, expected: "a recurrent layer, to run step by step",
          received: "none", remedy: "Write the form for whole inputs instead.")
      }
      for index in inputs.indices where ONNXStreaming.isSequence(graph, index) { inputs[index][1] = 1 }
    }
    let onnx: ONNXGraph
    do {
      var emitter = try ONNXEmitter(graph, form: form, inputs: inputs)
      onnx = try emitter.emit()
    } catch let error as ShapeError where form == .step {
      throw InterchangeError(
        .invalidOption, in: graph.name, expected: "layers that can work on one time step by itself",
        received: "\(error.expected), but \(error.received)",
        remedy: "Write the form for whole inputs instead.")
    }
    return onnx.model(
      opset: Self.opset, metadata: [("squall.form", form.rawValue), ("squall.model", graph.name)])
  }
}

/// A layer of one's own that can be written as ONNX operations.
public protocol ONNXConvertible: Layer {
  /// Adds the layer's operations and names the outputs.
  func addToONNX(_ place: inout ONNXPlace) throws -> [String]
}
