import Foundation
import HDF5
import Layers
import TensorCore
import ZipArchive

/// A model read from a Keras file.
public struct KerasModel: Sendable {
  /// The file's formats.
  public enum Format: String, Hashable, Sendable {
    /// A `.keras` archive of Keras 3.
    case archive = ".keras"
    /// A whole model in one HDF5 file, as Keras 2 wrote it.
    case wholeModel = ".h5"
  }

  /// The model, flat: nested models are part of it under names such as `encoder.conv`.
  public var graph: ModelGraph
  public let format: Format
  public let dialect: KerasDialect
  /// The version that wrote the file, where it says so.
  public let version: String?
  /// The date of saving, where the file says so.
  public let dateSaved: String?
  /// How the model was compiled: Keras' optimizer, loss and metrics.
  public let compilation: JSONValue?
  /// The optimizer's variables in Keras' order, the number of steps first.
  public let optimizerVariables: [Tensor]
  /// What was left out knowingly.
  public let notes: [String]

  let plan: KerasPlan

  /// Reads `.keras` or whole-model `.h5` by its content.
  ///
  /// - Parameter reader: the program that reads HDF5 in a process of its own; see ``HDF5Isolation``.
  /// - Throws: `UnsupportedModelError` with everything that has no counterpart, `InterchangeError`, `ZipError`,
  ///   `HDF5Error` or `ShapeError` for a damaged or contradictory file.
  public init(contentsOf url: URL, reader: HDF5Isolation = .standard) throws {
    let start = try ByteSource(contentsOf: url)
    let magic = try start.bytes(0..<min(4, start.count))
    if magic.elementsEqual([0x89, 0x48, 0x44, 0x46]) {
      let contents = try reader.contents(of: start.bytes(0..<start.count), name: url.path)
      try self.init(wholeModel: contents, place: url.path)
    } else {
      try self.init(archive: ZipArchive(contentsOf: url), place: url.path, reader: reader)
    }
  }

  // MARK: .keras

  private static let maximumConfiguration = 1 << 27

  private init(archive: ZipArchive, place: String, reader: HDF5Isolation) throws {
    let config = try JSONValue(
      parsing: archive.data("config.json", limit: Self.maximumConfiguration), in: "\(place), config.json")
    let metadata =
      archive["metadata.json"] == nil
      ? JSONValue.null
      : try JSONValue(parsing: archive.data("metadata.json", limit: 1 << 20), in: "\(place), metadata.json")
    version = metadata["keras_version"]?.string
    guard version?.hasPrefix("2.") != true else {
      throw InterchangeError(
        .unknownFormat, in: place, expected: "a .keras archive of Keras 3",
        received: "one of Keras \(version!)",
        remedy: "Save it with model.save(\"model.h5\"), which is read, or anew with Keras 3.")
    }
    dateSaved = metadata["date_saved"]?.string
    format = .archive
    dialect = .keras3
    // Everything unsupported is known before any weight is looked at.
    plan = try KerasPlanner.plan(
      KerasConfigurationParser(dialect: .keras3, place: place).model(config), dialect: .keras3, place: place)
    let image = try archive.data("model.weights.h5", limit: reader.maximumFileBytes)
    let contents = try reader.contents(of: image, name: "\(place), model.weights.h5")
    var graph = try plan.graph(maximumParameters: contents.valueCount)
    try KerasWeights(contents: contents, place: place).load(plan, into: &graph)
    self.graph = graph
    compilation = config["compile_config"].flatMap { $0.object?.isEmpty == false ? $0 : nil }
    optimizerVariables = try KerasWeights(contents: contents, place: place).optimizerVariables()
    notes = plan.notes
  }

  // MARK: Whole-model .h5

  private init(wholeModel contents: HDF5Contents, place: String) throws {
    guard let text = contents.text("@model_config") else {
      throw InterchangeError(
        .unknownFormat, in: place, expected: "a whole model with its model_config",
        received: "an HDF5 file without one, perhaps weights alone",
        remedy: "Load weights onto a model of the same layers, or save with model.save.")
    }
    version = contents.text("@keras_version") ?? contents.text("model_weights@keras_version")
    dialect = version?.hasPrefix("3") == true ? .keras3 : .keras2
    format = .wholeModel
    dateSaved = nil
    let config = try JSONValue(parsing: Data(text.utf8), in: "\(place), model_config")
    plan = try KerasPlanner.plan(
      KerasConfigurationParser(dialect: dialect, place: place).model(config), dialect: dialect, place: place)
    var graph = try plan.graph(maximumParameters: contents.valueCount)
    try KerasWeights(contents: contents, place: place).loadLegacy(plan, into: &graph, root: "model_weights")
    self.graph = graph
    compilation = try contents.text("@training_config").map {
      try JSONValue(parsing: Data($0.utf8), in: "\(place), training_config")
    }
    optimizerVariables = []
    notes = plan.notes
  }

  // MARK: Weights alone

  /// Loads a `.weights.h5` file of the same layers: of Keras 3, or as Keras 2's `save_weights` wrote it.
  ///
  /// - Throws: `InterchangeError` of kind `weightMismatch` where weights are missing, left over or of other shapes.
  public mutating func loadWeights(contentsOf url: URL, reader: HDF5Isolation = .standard) throws {
    let source = try ByteSource(contentsOf: url)
    let contents = try reader.contents(of: source.bytes(0..<source.count), name: url.path)
    let weights = KerasWeights(contents: contents, place: url.path)
    if contents.attributes["@layer_names"] != nil {
      try weights.loadLegacy(plan, into: &graph, root: "")
    } else {
      try weights.load(plan, into: &graph)
    }
  }
}

extension ModelGraph {
  /// Loads a Keras 3 `.weights.h5` file onto a model of the same layers in the same order, without nested models.
  ///
  /// - Throws: `InterchangeError` of kind `weightMismatch` where weights are missing, left over or of other shapes.
  public mutating func loadKerasWeights(contentsOf url: URL, reader: HDF5Isolation = .standard) throws {
    let source = try ByteSource(contentsOf: url)
    let contents = try reader.contents(of: source.bytes(0..<source.count), name: url.path)
    var plan = KerasPlan(name: name)
    var used: [String: Int] = [:]
    for entry in layersInKerasOrder {
      let base = snakeCased(type(of: entry.layer).typeName)
      let group = used[base].map { "layers/\(base)_\($0)" } ?? "layers/\(base)"
      used[base, default: 0] += 1
      plan.layers.append(
        KerasPlan.Layer(
          name: entry.name, layer: entry.layer,
          weightPaths: Keras.weightPaths(of: entry.layer).map { "\(group)/\($0)" }, legacyGroup: entry.name,
          isFrozen: false))
    }
    let weights = KerasWeights(contents: contents, place: url.path)
    if contents.attributes["@layer_names"] != nil {
      try weights.loadLegacy(plan, into: &self, root: "")
    } else {
      try weights.load(plan, into: &self)
    }
  }

  /// The layers in the order in which Keras would number the same model's.
  private var layersInKerasOrder: [Entry] {
    let operations = Dictionary(
      uniqueKeysWithValues: layers.enumerated().map { ($1.name, inputs.count + $0) })
    var calls = inputs.indices.map { KerasOrder.Call(operation: $0, parents: []) }
    for node in nodes {
      calls.append(KerasOrder.Call(operation: operations[node.layer]!, parents: node.inputs.map(\.node)))
    }
    let order = KerasOrder.operations(calls, outputs: outputs.map(\.node), inputs: Array(inputs.indices))
    return order.filter { $0 >= inputs.count }.map { layers[$0 - inputs.count] }
  }
}
