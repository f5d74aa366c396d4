import Foundation
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing

/// Models that Keras saved, against what Keras computes of them: each golden file names its model file.
@Suite struct KerasGoldenTests {
  static let folder = Golden.packageRoot.appending(path: "Tests/Goldens/keras")

  static func model(_ golden: Golden) throws -> KerasModel {
    try KerasModel(contentsOf: folder.appending(path: golden.metadata["model"]!))
  }

  @Test(arguments: Golden.names("keras")) func computesWhatKerasComputes(_ name: String) throws {
    let golden = try Golden.load("keras", name)
    let model = try Self.model(golden)
    var context = Context.inference
    let outputs = try model.graph.call(golden.tensors("input"), context: &context)
    let expected = try golden.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, pair) in zip(outputs, expected).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index)")
    }
  }
}
