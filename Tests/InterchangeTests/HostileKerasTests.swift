import Foundation
import HDF5
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing
import ZipArchive

/// Files that are damaged, lie, or ask for what Squall does not have: a typed error, never a trap.
@Suite struct HostileKerasTests {
  @Test func theHonestOneIsRead() throws {
    let model = try HandMadeKeras().read()
    #expect(try model.graph(Tensor([1, 0, 2], shape: [1, 3])).values == [8, 12])
  }

  @Test func everythingUnsupportedAtOnce() throws {
    let config: JSONValue = [
      "class_name": "Sequential",
      "config": [
        "name": "m",
        "layers": [
          ["class_name": "InputLayer", "config": ["name": "in", "batch_shape": [nil, 8, 6, 3]]],
          [
            "class_name": "Conv2D",
            "config": ["name": "a", "filters": 2, "kernel_size": [3, 3], "activation": "mystery"],
          ],
          ["class_name": "Mystery", "config": ["name": "b"]],
          [
            "class_name": "Conv2D", "module": "mine", "registered_name": "mine>Conv2D",
            "config": ["name": "c"],
          ],
          [
            "class_name": "Conv2D",
            "config": ["name": "d", "filters": 2, "kernel_size": 3, "padding": "odd"],
          ],
          [
            "class_name": "Dense",
            "config": [
              "name": "e", "units": 2,
              "dtype": ["class_name": "DTypePolicy", "config": ["name": "mixed_float16"]],
            ],
          ],
          ["class_name": "SpaceToDepth", "config": ["name": "f", "size": 2]],
        ],
      ],
    ]
    let error = #expect(throws: UnsupportedModelError.self) { try HandMadeKeras(config: config).read() }
    let problems = error?.problems ?? []
    #expect(problems.map(\.layer) == ["a", "b", "c", "d", "e", "f"])
    #expect(problems.map(\.option) == ["activation", nil, nil, "padding", "dtype", nil])
    #expect(problems[3].reason.contains("same"))
  }

  @Test func weightsThatDoNotFit() throws {
    func kind(_ fill: @escaping (HDF5Writer) throws -> Void) throws -> InterchangeError.Kind? {
      let weights = try HDF5Writer.image { file in
        try file.group("layers/dense/vars")
        try fill(file)
      }
      do {
        _ = try HandMadeKeras(weights: weights).read()
        return nil
      } catch let error as InterchangeError { return error.kind }
    }
    #expect(try kind { try HandMadeKeras.floats($0, "layers/dense/vars/0", [3, 2]) } == .weightMismatch)
    #expect(
      try kind {
        try HandMadeKeras.floats($0, "layers/dense/vars/0", [2, 3])
        try HandMadeKeras.floats($0, "layers/dense/vars/1", [2])
      } == .weightMismatch)
    #expect(
      try kind {
        for (index, shape) in [[3, 2], [2], [2]].enumerated() {
          try HandMadeKeras.floats($0, "layers/dense/vars/\(index)", shape)
        }
      } == .weightMismatch)
  }

  @Test func otherFiles() throws {
    let folder = FileManager.default.temporaryDirectory
    for data in [Data(), Data("text".utf8), Data(count: 4000)] {
      let url = folder.appending(path: "\(UUID().uuidString).keras")
      try data.write(to: url)
      defer { try? FileManager.default.removeItem(at: url) }
      #expect(throws: ZipError.self) { try KerasModel(contentsOf: url) }
    }
    #expect(throws: (any Error).self) { try KerasModel(contentsOf: folder.appending(path: "absent.keras")) }
    var subclass = try HandMadeKeras()
    subclass.config = ["class_name": "MyModel", "config": [:]]
    #expect(throws: InterchangeError.self) { try subclass.read() }
    subclass = try HandMadeKeras()
    subclass.metadata = "{\"keras_version\": \"2.15.0\"}"
    #expect(throws: InterchangeError.self) { try subclass.read() }
  }

  @Test func absurdSizesInConfigurations() throws {
    for units in [Int.max, 1 << 40, -3, 0] {
      #expect(throws: (any Error).self) {
        try HandMadeKeras(config: HandMadeKeras.dense(["units": .integer(units)])).read()
      }
    }
  }

  /// A model of models of models, each called twice: 2^60 calls if they were all made.
  @Test func modelsWithinModels() throws {
    func nested(_ depth: Int) -> JSONValue {
      let inner: JSONValue =
        depth == 0
        ? ["class_name": "Activation", "config": ["name": "x", "activation": "relu"]] : nested(depth - 1)
      func tensor(_ layer: String, _ node: Int) -> JSONValue {
        ["class_name": "__keras_tensor__", "config": ["keras_history": [.string(layer), .integer(node), 0]]]
      }
      guard case .object(var record) = inner else { return nil }
      let name: JSONValue = inner["config"]?["name"] ?? nil
      record["inbound_nodes"] = [
        ["args": [tensor("in", 0)], "kwargs": [:]], ["args": [tensor(name.string ?? "", 0)], "kwargs": [:]],
      ]
      return [
        "class_name": "Functional",
        "config": [
          "name": .string("level\(depth)"),
          "layers": [
            [
              "class_name": "InputLayer", "config": ["name": "in", "batch_shape": [nil, 3]],
              "inbound_nodes": [],
            ],
            .object(record),
          ],
          "input_layers": ["in", 0, 0], "output_layers": [name, 1, 0],
        ],
      ]
    }
    for depth in [16, 60] {
      let error = #expect(throws: InterchangeError.self) { try HandMadeKeras(config: nested(depth)).read() }
      #expect(error?.kind == .malformed)
    }
  }

  @Test func circles() throws {
    func tensor(_ layer: String) -> JSONValue {
      ["class_name": "__keras_tensor__", "config": ["keras_history": [.string(layer), 0, 0]]]
    }
    func layer(_ name: String, _ from: String) -> JSONValue {
      [
        "class_name": "Activation", "config": ["name": .string(name), "activation": "relu"],
        "inbound_nodes": [["args": [tensor(from)], "kwargs": [:]]],
      ]
    }
    let config: JSONValue = [
      "class_name": "Functional",
      "config": [
        "name": "m", "input_layers": ["in", 0, 0], "output_layers": ["a", 0, 0],
        "layers": [
          [
            "class_name": "InputLayer", "config": ["name": "in", "batch_shape": [nil, 3]],
            "inbound_nodes": [],
          ],
          layer("a", "b"), layer("b", "a"),
        ],
      ],
    ]
    let error = #expect(throws: InterchangeError.self) { try HandMadeKeras(config: config).read() }
    #expect(error?.expected.contains("circle") == true)
  }

  // MARK: Mutations

  static let mutations = Int(ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"] ?? "") ?? 1500

  static let configurations: [JSONValue] = {
    let names = [
      "convlstm-next-frame", "nested-shared-model", "convlstm-forecaster", "nested-backbone-classifier",
    ]
    return names.compactMap { name in
      let url = Golden.packageRoot.appending(path: "Tests/Goldens/keras/\(name).keras")
      guard let archive = try? ZipArchive(contentsOf: url), let data = try? archive.data("config.json") else {
        return nil
      }
      return try? JSONValue(parsing: data, in: name)
    }
  }()

  /// Text that is no JSON any more, or says something else.
  @Test func mutatedText() {
    var mutator = Mutator(seed: 3)
    for (index, config) in Self.configurations.enumerated() {
      let text = Data(config.description.utf8)
      for _ in 0..<Self.mutations / 4 {
        do {
          let value = try JSONValue(parsing: mutator.mutated(text), in: "mutation \(index)")
          _ = try KerasStructure(value)
        } catch is InterchangeError {} catch is UnsupportedModelError {} catch is ShapeError {} catch {
          Issue.record("\(error)")
        }
      }
    }
  }

  /// Well-formed configurations in which values are missing, absurd or of another type.
  @Test func mutatedTrees() {
    var mutator = Mutator(seed: 4)
    for config in Self.configurations {
      for _ in 0..<Self.mutations / 4 {
        do { _ = try KerasStructure(mutator.mutated(config)) } catch is InterchangeError {
        } catch is UnsupportedModelError {
        } catch is ShapeError {} catch { Issue.record("\(error)") }
      }
    }
  }
}
