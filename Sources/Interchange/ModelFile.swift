import Autodiff
import Foundation
import Layers
import NumPyFiles
import SafeTensors
import TensorCore
import Training
import ZipArchive

/// A model from a file of any format that Squall reads.
public struct ModelFile: Sendable {
  /// What a file can be, by its ending.
  public enum Format: String, CaseIterable, Sendable {
    case keras, h5, squall, safetensors, onnx

    /// - Throws: `InterchangeError` that lists the endings.
    public init(of url: URL) throws {
      guard let format = Format(rawValue: url.pathExtension.lowercased()) else {
        throw InterchangeError(
          .unknownFormat, in: url.lastPathComponent,
          expected: "a file ending in " + Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", "),
          received: url.pathExtension.isEmpty ? "none" : ".\(url.pathExtension)",
          remedy: "Name the file by its format.")
      }
      self = format
    }
  }

  public var model: ModelGraph
  public let format: Format
  /// Where the model comes from, for people: versions, dates, notes of a checkpoint.
  public let source: [(name: String, value: String)]
  /// What was left out knowingly when it was read.
  public let notes: [String]
  /// The Keras file as it was read, with its compilation.
  public let keras: KerasModel?
  /// How the model has been trained on from what the file held, or was before it became a checkpoint.
  public var training: Compilation?

  /// Reads `.keras`, `.h5`, `.squall`, or the `.safetensors` of a PyTorch ConvLSTM.
  ///
  /// - Throws: The errors of the format.
  public init(contentsOf url: URL, reader: HDF5Isolation = .standard) throws {
    format = try Format(of: url)
    switch format {
    case .keras, .h5:
      let file = try KerasModel(contentsOf: url, reader: reader)
      (model, keras, notes) = (file.graph, file, file.notes)
      source = Self.description(of: file)
    case .squall:
      let checkpoint = try Checkpoint(contentsOf: url)
      training = checkpoint.training.map {
        Compilation(optimizer: $0.optimizer, schedule: $0.plan.schedule, loss: $0.plan.loss)
      }
      (model, keras, notes) = (try checkpoint.model(), nil, [])
      source =
        [("format", "Squall checkpoint")]
        + (checkpoint.training.map { [("trained", "\($0.state.step) steps, \($0.state.epoch) epochs")] } ?? [])
        + checkpoint.notes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    case .safetensors:
      let file = try SafeTensorsFile(contentsOf: url)
      guard PyTorchConvLSTM.recognises(file) else {
        throw InterchangeError(
          .unknownFormat, in: url.lastPathComponent, expected: "the state dictionary of a PyTorch ConvLSTM",
          received: "bare weights of another model",
          remedy: "Weights alone say nothing of layers: convert from a file that holds the model.")
      }
      (model, keras, notes) = (try PyTorchConvLSTM.model(from: file, place: url.lastPathComponent), nil, [])
      source = [("format", "PyTorch ConvLSTM, one convolution, gates i, f, o, g")]
    case .onnx:
      throw InterchangeError(
        .unknownFormat, in: url.lastPathComponent, expected: "a model that can be read",
        received: "an ONNX file, which Squall only writes", remedy: "Convert from the file it was made of.")
    }
  }

  /// How the model was compiled, or has been trained since; `nil` if nothing is known of an optimizer.
  ///
  /// - Throws: As ``KerasModel/compiled()`` does.
  public func compilation() throws -> Compilation? { try training ?? keras?.compiled() }

  private static func description(of file: KerasModel) -> [(name: String, value: String)] {
    var lines = [
      ("format", "\(file.format.rawValue) of \(file.version.map { "Keras \($0)" } ?? file.dialect.rawValue)")
    ]
    if let date = file.dateSaved { lines.append(("saved", date)) }
    if let compilation = file.compilation {
      let optimizer = compilation["optimizer"] ?? compilation["optimizer_config"]
      lines.append(("optimizer", optimizer?["class_name"]?.string ?? optimizer?.description ?? "none"))
      lines.append(
        (
          "loss",
          compilation["loss"].map { $0.string ?? $0["class_name"]?.string ?? $0.description } ?? "none"
        ))
    }
    return lines
  }

  /// Computes all outputs from arrays, in batches so that memory stays small. Stateful layers go on from batch to
  /// batch, as they do in Keras' `predict`.
  ///
  /// - Throws: `ShapeError` where the arrays do not fit the model.
  public func predict(_ inputs: [Tensor], batchSize: Int = 32) throws -> [Tensor] {
    let count = inputs.first?.shape.dimensions.first ?? 0
    guard count > 0, batchSize > 0, inputs.allSatisfy({ $0.rank > 0 && $0.shape[0] == count }) else {
      throw ShapeError(
        .wrongLength, in: model.name, expected: "inputs with equally many samples, at least one",
        received: "\(inputs.map(\.shape))", remedy: "The first axis of every input is the batch.")
    }
    var parts: [[Tensor]] = []
    var model = model
    for start in stride(from: 0, to: count, by: batchSize) {
      var context = Context.inference
      let end = min(start + batchSize, count)
      parts.append(
        try model.call(inputs.map { Movement.slice($0, axis: 0, start..<end) }, context: &context))
      model.apply(context)
    }
    guard parts.count > 1 else { return parts[0] }
    return parts[0].indices.map { output in Movement.concatenated(parts.map { $0[output] }, axis: 0) }
  }
}

extension Optimizer {
  /// An optimizer by Keras' name, in any case, with its defaults.
  ///
  /// - Throws: `InterchangeError` that lists the names, `OptimizerError` for a learning rate out of range.
  public init(keras text: String, learningRate: Double? = nil) throws {
    guard let name = OptimizerName.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
    else {
      throw InterchangeError(
        .invalidOption, in: "optimizer",
        expected: "one of " + OptimizerName.allCases.map(\.rawValue).joined(separator: ", "),
        received: "\"\(text)\"", remedy: "Choose one of these.")
    }
    let config: JSONValue = learningRate.map { ["learning_rate": .number($0)] } ?? [:]
    self = try JSONValue.object(["class_name": .string(name.rawValue), "config": config]).decoded(
      Optimizer.self)
  }
}
