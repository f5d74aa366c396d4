import Foundation
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing

/// Models that Keras saved, against what Keras computes of them: each golden file names its model file.
@Suite struct KerasGoldenTests {
  /// `keras/NAME` and `keras2/NAME` of every golden model.
  static let names = ["keras", "keras2"].flatMap { kind in Golden.names(kind).map { "\(kind)/\($0)" } }

  @Test(arguments: names) func computesWhatKerasComputes(_ name: String) throws {
    let (golden, model) = try load(name)
    var context = Context.inference
    let outputs = try model.graph.call(golden.tensors("input"), context: &context)
    let expected = try golden.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, pair) in zip(outputs, expected).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index)")
    }
  }
}

/// A golden file `kind/name` and the model it names.
func load(_ name: String) throws -> (golden: Golden, model: KerasModel) {
  let parts = name.split(separator: "/").map(String.init)
  let golden = try Golden.load(parts[0], parts[1])
  let folder = Golden.packageRoot.appending(path: "Tests/Goldens/\(parts[0])")
  return (golden, try KerasModel(contentsOf: folder.appending(path: golden.metadata["model"]!)))
}
