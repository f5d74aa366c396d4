import Layers
import Reports
import TensorCore

/// Every graph, with parameters and operations of every stage.
struct ArchitectureMeasurement {
  let subjects: MeasurementSubjects

  func measure() -> MeasuredAspect {
    MeasuredAspect(
      aspect: .architecture, findings: subjects.models.map { finding($0.model) },
      method:
        "Counted from the models' graphs. A multiply-add counts two operations; elementwise work is not "
        + "counted. Dashed boxes hand on vectors, the others maps.",
      figures: subjects.models.map { .graph(graph($0)) } + subjects.models.map { .table(table($0)) })
  }

  private func operations(_ model: ModelGraph, _ node: ModelGraph.Node) -> Int {
    guard let layer = model[layer: node.layer] else { return 0 }
    return ((try? layer.operations(for: node.inputs.map { model.shape(of: $0) })) ?? nil) ?? 0
  }

  private func finding(_ model: ModelGraph) -> String {
    let work = model.nodes.map { (name: $0.layer, count: operations(model, $0)) }
    let total = work.reduce(0) { $0 + $1.count }
    guard let most = work.max(by: { $0.count < $1.count }), total > 0 else {
      return "\(model.parameterCount) parameters."
    }
    return "\(MeasuredText.metric(Double(model.parameterCount))) parameters in \(model.nodes.count) stages, "
      + "\(MeasuredText.metric(Double(total))) operations a sample, "
      + "\(MeasuredText.percent(Double(most.count) / Double(total))) of them in \(most.name)."
  }

  private func table(_ family: MeasuredModel) -> MeasuredTable {
    let model = family.model
    let total = max(1, model.nodes.reduce(0) { $0 + operations(model, $1) })
    return MeasuredTable(
      title: "Stages of \(family.name)",
      columns: ["Stage", "Layer", "Output", "Parameters", "Operations", "Share"],
      rows: model.nodes.map { node in
        let count = operations(model, node)
        return [
          node.layer, model.typeName(of: node), node.outputShapes.first.map { "\($0)" } ?? "",
          "\(model[layer: node.layer]?.parameterCount ?? 0)", MeasuredText.metric(Double(count)),
          MeasuredText.percent(Double(count) / Double(total)),
        ]
      })
  }

  private func graph(_ family: MeasuredModel) -> MeasuredGraph {
    let model = family.model
    let inputs = model.inputs.map {
      MeasuredGraph.Node(name: $0.name, text: "input \($0.shape)", inputs: [], isVector: $0.shape.rank <= 3)
    }
    let nodes = model.nodes.map { node in
      MeasuredGraph.Node(
        name: node.layer,
        text: "\(model.typeName(of: node)) \(node.outputShapes.first.map { "\($0)" } ?? "")",
        inputs: node.inputs.map(\.node), isVector: model.isVector(node))
    }
    return MeasuredGraph(title: family.name, nodes: inputs + nodes)
  }
}
