import Autodiff
import Foundation
import HDF5
import Layers
import TensorCore
import ZipArchive

/// Writes models as `.keras` archives that `keras.saving.load_model` opens with nothing custom registered.
public struct KerasExporter: Sendable {
  /// Height and width of frames where the model leaves them open: Keras needs them fixed.
  public var height: Int?
  public var width: Int?
  /// The date written into the archive.
  public var date: Date
  /// How the model is trained and where its optimizer stands, for Keras to go on from there.
  public var training: Compilation?
  /// What a Keras file said of its compilation, metrics included, to be said again.
  public var compilation: JSONValue?

  public init(height: Int? = nil, width: Int? = nil, date: Date = Date()) {
    self.height = height
    self.width = width
    self.date = date
  }

  /// The archive's bytes.
  ///
  /// - Throws: `UnsupportedModelError` with all that Keras does not have, `InterchangeError` of kind
  ///   `invalidOption` where height or width are open.
  public func archive(of graph: ModelGraph) throws -> Data {
    let graph = graph.flattened()
    let shapes = try fixedShapes(of: graph)
    let translation = try KerasTranslation(graph, shapes: shapes)
    var config = translation.configuration
    var variables: [Tensor] = []
    if let training, case .object(var members) = config {
      members["compile_config"] = try compilation ?? KerasCompilation.record(training)
      config = .object(members)
      variables = try KerasCompilation.variables(training, trainable: translation.trainable)
    }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd@HH:mm:ss"
    let metadata: JSONValue = [
      "keras_version": .string(Self.kerasVersion), "date_saved": .string(formatter.string(from: date)),
    ]
    var writer = ZipWriter()
    try writer.append("metadata.json", Data(metadata.description.utf8))
    try writer.append("config.json", Data(config.description.utf8))
    try writer.append(
      "model.weights.h5", weights(translation, optimizerVariables: variables), compression: .stored)
    return writer.encoded()
  }

  /// The version whose files these are.
  static let kerasVersion = "3.15.1"

  private func fixedShapes(of graph: ModelGraph) throws -> [SymbolicShape] {
    let shapes = graph.inputShapes(height: height, width: width)
    for (input, shape) in zip(graph.inputs, shapes) {
      let open = (shape.rank == 4 || shape.rank == 5) && (shape[-3] == nil || shape[-2] == nil)
      guard !open, shape[-1] != nil else {
        throw InterchangeError(
          .invalidOption, in: "\(graph.name), input \(input.name)",
          expected: "a fixed height and width, which Keras needs", received: "\(shape)",
          remedy: "State them, as --height and --width do.")
      }
    }
    return shapes
  }

  private func weights(_ translation: KerasTranslation, optimizerVariables: [Tensor]) throws -> Data {
    try HDF5Writer.image { file in
      for group in translation.groups.sorted() { try file.group(group + "/vars") }
      try file.group("vars")
      for (path, value) in translation.weights {
        try value.withUnsafeValues { try file.floats(path, shape: value.shape.dimensions, $0) }
      }
      guard let training, training.optimizer.iteration > 0 else { return }
      try file.group("optimizer/vars")
      try file.integer("optimizer/vars/0", Int64(training.optimizer.iteration))
      for (index, value) in optimizerVariables.enumerated() {
        try value.withUnsafeValues {
          try file.floats("optimizer/vars/\(index + 1)", shape: value.shape.dimensions, $0)
        }
      }
    }
  }
}
