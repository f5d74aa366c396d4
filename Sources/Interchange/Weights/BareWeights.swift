import Autodiff
import Foundation
import Layers
import SafeTensors
import TensorCore

/// Weights alone, in a `.safetensors` file under the paths of the parameters (`encoder/kernel`).
public enum BareWeights {
  /// The weights of a model.
  public static func file(of model: some Parameterized) throws -> SafeTensorsFile {
    try SafeTensorsFile(
      entries: model.parameters.map { name, parameter in
        try SafeTensorsEntry(
          name, shape: parameter.value.shape.dimensions, floats: parameter.value.values)
      }, metadata: ["format": "squall"])
  }

  /// Loads weights onto a matching model.
  ///
  /// - Parameter names: what a parameter is called in the file where the names differ.
  /// - Throws: `InterchangeError` of kind `weightMismatch` where weights are missing, left over or of other shapes;
  ///   the model is unchanged then.
  public static func load(
    _ file: SafeTensorsFile, into model: inout some Parameterized, place: String,
    names: (String) -> String = { $0 }
  ) throws {
    var problems: [String] = []
    var rest = Set(file.entries.map(\.name)).filter { !$0.hasPrefix("squall.") }
    var values: [String: Tensor] = [:]
    for (name, parameter) in model.parameters {
      let stored = names(name)
      guard let entry = file[stored] else {
        problems.append("\(stored) is missing")
        continue
      }
      rest.remove(stored)
      guard entry.shape == parameter.value.shape.dimensions, let floats = try? entry.floats() else {
        problems.append(
          "\(stored) is \(entry.elementType.rawValue) \(entry.shape), for \(parameter.value.shape)")
        continue
      }
      values[name] = Tensor(floats, shape: parameter.value.shape)
    }
    problems += rest.sorted().map { "\($0) belongs to no parameter of the model" }
    guard problems.isEmpty else {
      throw InterchangeError(
        .weightMismatch, in: place, expected: "one array for each parameter of the model",
        received: problems.prefix(20).joined(separator: "; "), remedy: "The weights are of another model.")
    }
    model.visitParameters { name, parameter in parameter.value = values[name] ?? parameter.value }
  }
}
