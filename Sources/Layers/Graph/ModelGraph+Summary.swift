import Autodiff
import TensorCore

extension ModelGraph {
  /// A table of the layers with output shapes, parameters and operations a sample, for people to read.
  public func summary() -> String {
    var rows = [["Layer", "Type", "Output shape", "Parameters", "Operations"]]
    for input in inputs { rows.append([input.name, "Input", "\(input.shape)", "0", "0"]) }
    var seen: Set<String> = []
    for node in nodes {
      guard let layer = self[layer: node.layer] else { continue }
      let parameters = seen.insert(node.layer).inserted ? "\(layer.parameterCount)" : "shared"
      rows.append([
        node.layer, type(of: layer).typeName, node.outputShapes.map(\.description).joined(separator: " "),
        parameters, operations(of: node).map(Self.short) ?? "–",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < 3 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    let total =
      "\(parameterCount) parameters (\(trainableParameterCount) trained), "
      + (operations.map { "\(Self.short($0)) floating-point operations a sample" }
        ?? "operations depend on the size of the frames")
    return ([name, rule, lines[0], rule] + lines.dropFirst() + [rule, total]).joined(separator: "\n")
  }

  /// A count in thousands, millions or billions.
  static func short(_ count: Int) -> String {
    for (unit, letter) in [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")] where count >= unit {
      let tenths = (count * 10 + unit / 2) / unit
      return "\(tenths / 10).\(tenths % 10) \(letter)"
    }
    return "\(count)"
  }
}
