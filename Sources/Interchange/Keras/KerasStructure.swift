import Layers

/// The structure of a Keras model without its weights, as `model.to_json()` or `config.json` describes it.
public struct KerasStructure: Sendable {
  /// Shapes, parameters and operations; the layers are not built.
  public let graph: ModelGraph
  /// What was left out knowingly.
  public let notes: [String]

  /// - Throws: `UnsupportedModelError` with everything that has no counterpart, `InterchangeError` or `ShapeError`
  ///   for a damaged or contradictory configuration.
  public init(_ config: JSONValue, dialect: KerasDialect = .keras3, place: String = "configuration") throws {
    let plan = try KerasPlanner.plan(
      KerasConfigurationParser(dialect: dialect, place: place).model(config), dialect: dialect, place: place)
    graph = try plan.graph(initialization: .none)
    notes = plan.notes
  }
}
