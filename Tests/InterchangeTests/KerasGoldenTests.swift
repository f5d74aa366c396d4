import Foundation
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing
import ZipArchive

/// Models that Keras saved, against what Keras computes of them: each golden file names its model file.
@Suite struct KerasGoldenTests {
  /// `keras/NAME` and `keras2/NAME` of every golden model.
  static let names = ["keras", "keras2"].flatMap { kind in
    Golden.names(kind).map { "\(kind)/\($0)" }
  }

  @Test(arguments: names) func computesWhatKerasComputes(_ name: String) throws {
    let (golden, model) = try load(name)
    var context = Context.inference
    let outputs = try model.graph.call(golden.tensors("input"), context: &context)
    let expected = try golden.tensors("output")
    #expect(outputs.count == expected.count)
    for (index, pair) in zip(outputs, expected).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index)")
    }
    // A stateful model goes on from where its last call ended.
    guard let again = try? golden.tensors("again"), !again.isEmpty else { return }
    var graph = model.graph
    graph.apply(context)
    var last: [Tensor] = []
    for _ in 1..<Int(golden.metadata["calls"]!)! {
      context = .inference
      last = try graph.call(golden.tensors("input"), context: &context)
      graph.apply(context)
    }
    for (index, pair) in zip(last, again).enumerated() {
      assertClose(pair.0, pair.1, tolerance: 1e-5, "output \(index) of the last call")
    }
  }
}

/// Weights alone, onto models that have the layers already.
@Suite struct KerasWeightTests {
  @Test(arguments: ["convlstm-forecaster", "reuse-output", "shared-layer"])
  func loadOntoMatchingModels(_ name: String) throws {
    var model = try load("keras/\(name)").model
    let url = Golden.packageRoot.appending(path: "Tests/Goldens/keras/\(name).keras")
    let weights = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).weights.h5")
    try ZipArchive(contentsOf: url).data("model.weights.h5").write(to: weights)
    defer { try? FileManager.default.removeItem(at: weights) }
    let wanted = model.graph.parameters.map(\.parameter.value)
    var bare = model.graph
    bare.visitParameters { $1.value = .zeros($1.value.shape) }
    model.graph = bare
    try model.loadWeights(contentsOf: weights)
    #expect(model.graph.parameters.map(\.parameter.value) == wanted)
    // Without the Keras file: groups are numbered as Keras would.
    try bare.loadKerasWeights(contentsOf: weights)
    #expect(bare.parameters.map(\.parameter.value) == wanted)
    var other = try Sequential(input: [nil, 3]) { Dense(units: 2) }
    let error = #expect(throws: InterchangeError.self) { try other.loadKerasWeights(contentsOf: weights) }
    #expect(error?.kind == .weightMismatch)
  }
}

/// A golden file `kind/name` and the model it names.
func load(_ name: String) throws -> (golden: Golden, model: KerasModel) {
  let parts = name.split(separator: "/").map(String.init)
  let golden = try Golden.load(parts[0], parts[1])
  let folder = Golden.packageRoot.appending(path: "Tests/Goldens/\(parts[0])")
  return (golden, try KerasModel(contentsOf: folder.appending(path: golden.metadata["model"]!)))
}
