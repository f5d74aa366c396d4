/// A model's graph as an SVG: one box a node from top to bottom, a line to the next one, and curves at the side to
/// those further down.
struct GraphDrawing {
  let graph: MeasuredGraph

  private let boxWidth = 232.0
  private let boxHeight = 36.0
  private let gap = 16.0

  func markup(id: String) -> Markup {
    let jumps = jumps
    let width = boxWidth + 4 + (jumps.map(\.reach).max() ?? 0)
    let height = Double(graph.nodes.count) * (boxHeight + gap) - gap + 2
    return tag(
      "svg",
      [
        "class": "graph", "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
        "viewBox": "0 0 \(number3(width)) \(number3(height))", "width": number3(width),
        "height": number3(height),
      ]
    ) {
      tag("title", ["id": "\(id)-title"], text: graph.title)
      tag("desc", ["id": "\(id)-desc"], text: summary)
      for jump in jumps { curve(jump) }
      for index in graph.nodes.indices { box(index) }
    }
  }

  /// The graph in words.
  private var summary: String {
    graph.nodes.map { node in
      let inputs = node.inputs.map { graph.nodes[$0].name }.joined(separator: " and ")
      return "\(node.name) (\(node.text))" + (inputs.isEmpty ? "" : " from \(inputs)")
    }.joined(separator: "; ") + "."
  }

  private struct Jump {
    let from: Int
    let to: Int
    let reach: Double
  }

  /// Connections that pass over other nodes; the longer one is, the further out it runs.
  private var jumps: [Jump] {
    graph.nodes.enumerated().flatMap { index, node in
      Set(node.inputs).filter { $0 >= 0 && $0 < index - 1 }.sorted().map {
        Jump(from: $0, to: index, reach: 12 + 7 * Double(min(index - $0, 12)))
      }
    }
  }

  private func top(_ index: Int) -> Double { 1 + Double(index) * (boxHeight + gap) }

  private func curve(_ jump: Jump) -> Markup {
    let (x, y0, y1) = (boxWidth + 2, top(jump.from) + boxHeight * 0.65, top(jump.to) + boxHeight * 0.35)
    let out = x + jump.reach
    return tag(
      "path",
      [
        "class": "edge",
        "d": "M \(number3(x)) \(number3(y0)) C \(number3(out)) \(number3(y0)) \(number3(out)) \(number3(y1)) "
          + "\(number3(x)) \(number3(y1))", "fill": "none",
      ])
  }

  private func box(_ index: Int) -> Markup {
    let node = graph.nodes[index]
    let y = top(index)
    return tag("g", ["class": node.isVector ? "node vector" : "node"]) {
      if node.inputs.contains(index - 1) {
        let x = boxWidth / 2
        tag(
          "path",
          ["class": "edge", "d": "M \(number3(x)) \(number3(y - gap)) V \(number3(y))", "fill": "none"])
      }
      tag(
        "rect",
        [
          "x": "1", "y": number3(y), "width": number3(boxWidth), "height": number3(boxHeight), "rx": "4",
        ])
      tag("text", ["x": "10", "y": number3(y + 15), "class": "node-name"], text: node.name)
      tag("text", ["x": "10", "y": number3(y + 29), "class": "node-text"], text: node.text)
    }
  }
}
