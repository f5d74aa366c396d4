import Contenders
import Foundation
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing

/// Models written for Keras and read again. `Reference/exports.py` has Keras itself open them.
@Suite struct KerasExportTests {
  static let date = Date(timeIntervalSince1970: 1_767_225_600)

  static func written(_ graph: ModelGraph, height: Int? = nil, width: Int? = nil) throws -> KerasModel {
    let data = try KerasExporter(height: height, width: width, date: date).archive(of: graph)
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).keras")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try KerasModel(contentsOf: url)
  }

  /// Bit for bit: weights by their order, and what is computed of them.
  @Test(arguments: KerasGoldenTests.names.filter { !$0.contains("hard-sigmoid") })
  func roundTrip(_ name: String) throws {
    let (golden, model) = try load(name)
    let image = try golden.tensor("input.0").shape
    let again = try Self.written(
      model.graph, height: image.rank > 3 ? image[-3] : nil, width: image.rank > 3 ? image[-2] : nil)
    let (before, after) = (model.graph.parameters, again.graph.parameters)
    #expect(before.map(\.parameter.value) == after.map(\.parameter.value))
    #expect(before.map(\.parameter.isTrainable) == after.map(\.parameter.isTrainable))
    var context = Context.inference
    let inputs = try golden.tensors("input")
    #expect(try model.graph.call(inputs, context: &context) == again.graph.call(inputs, context: &context))
  }

  @Test(arguments: Contenders.standard) func forecasters(_ contender: String) throws {
    let signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 2, height: 16, width: 8)
    let graph = try signature.model(
      Contenders.forecaster(contender == "convlstm2d" ? "convlstm2d:patch=2" : "\(contender):stages=2"),
      width: 5, initialization: .seed(1))
    let data = try KerasExporter(date: Self.date).archive(of: graph)
    #expect(data.count > 1000)
  }

  @Test func namesWhatKerasLacks() throws {
    let (_, model) = try load("keras2/convlstm-hard-sigmoid")
    let error = #expect(throws: UnsupportedModelError.self) {
      try KerasExporter().archive(of: model.graph)
    }
    #expect(error?.problems.count == 2)
    #expect(error?.problems.first?.option == "recurrent_activation")
  }

  @Test func heightAndWidthMustBeKnown() throws {
    let graph = try Sequential(input: [nil, 4, nil, nil, 1]) {
      ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same)
    }
    let error = #expect(throws: InterchangeError.self) { try KerasExporter(height: 8).archive(of: graph) }
    #expect(error?.description.contains("--width") == true)
    #expect(try Self.written(graph, height: 8, width: 6).graph.inputs[0].shape == [nil, 4, 8, 6, 1])
  }
}
