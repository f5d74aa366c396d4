import Layers
import Reports
import TensorCore

/// Shape and size of what every stage hands on, where maps become vectors, and what is moved without being
/// computed.
struct DataHandlingMeasurement {
  let subjects: MeasurementSubjects

  func measure() -> MeasuredAspect {
    MeasuredAspect(
      aspect: .dataHandling, findings: subjects.models.map { finding($0.model) },
      method:
        "Sizes are those of one sample in float32. Moved bytes are the outputs of stages that only arrange "
        + "values anew: flattening, reshaping, patches, repeating, concatenating.",
      figures: subjects.models.map { .table(table($0)) })
  }

  private static let moving: Set<String> = [
    Flatten.typeName, Reshape.typeName, SpaceToDepth.typeName, DepthToSpace.typeName, RepeatLast.typeName,
    Concatenate.typeName,
  ]

  private func moves(_ model: ModelGraph, _ node: ModelGraph.Node) -> Bool {
    guard let layer = model[layer: node.layer] else { return false }
    let inner = (layer as? TimeDistributed)?.layer ?? layer
    return Self.moving.contains(type(of: inner).typeName)
  }

  private func bytes(_ node: ModelGraph.Node) -> Int {
    let shape = node.outputShapes.first.map { $0.dimensions.dropFirst() } ?? []
    return 4 * shape.reduce(1) { $0 * ($1 ?? 1) }
  }

  private func finding(_ model: ModelGraph) -> String {
    let moved = model.nodes.filter { moves(model, $0) }.reduce(0) { $0 + bytes($1) }
    let movement = "Arranging values anew moves \(MeasuredText.bytes(moved)) a sample."
    var wasVector = false
    for node in model.nodes {
      if model.isVector(node), !wasVector, let input = node.inputs.first, model.shape(of: input).rank > 3 {
        return "Maps become vectors in \(node.layer): \(model.shape(of: input)) to "
          + "\(node.outputShapes.first.map { "\($0)" } ?? ""). \(movement)"
      }
      wasVector = model.isVector(node)
    }
    return "Every state stays a map from input to output. \(movement)"
  }

  private func table(_ family: MeasuredModel) -> MeasuredTable {
    let model = family.model
    let input = model.inputs.map { input in
      [
        input.name, "input", "\(input.shape)",
        MeasuredText.bytes(4 * input.shape.dimensions.dropFirst().reduce(1) { $0 * ($1 ?? 1) }), "map", "",
      ]
    }
    return MeasuredTable(
      title: "What each stage of \(family.name) hands on",
      columns: ["Stage", "Layer", "Shape", "Size", "Kind", "Moved"],
      rows: input
        + model.nodes.map { node in
          [
            node.layer, model.typeName(of: node), node.outputShapes.first.map { "\($0)" } ?? "",
            MeasuredText.bytes(bytes(node)), model.isVector(node) ? "vector" : "map",
            moves(model, node) ? MeasuredText.bytes(bytes(node)) : "",
          ]
        })
  }
}
