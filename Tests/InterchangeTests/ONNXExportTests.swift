import Contenders
import Foundation
import Interchange
import Layers
import TensorCore
import TestSupport
import Testing

/// ONNX files of the golden models. Whether a runtime computes Squall's numbers of them is checked by
/// `Reference/exports.py`, which writes down the digest of every file it found right; these tests hold the files
/// against the digests.
@Suite struct ONNXExportTests {
  static let digestFile = Golden.packageRoot.appending(path: "Tests/Goldens/exports/digests.json")

  static func digests() throws -> [String: String] {
    try JSONDecoder().decode([String: String].self, from: Data(contentsOf: digestFile))
  }

  /// FNV-1a, 64 bits.
  static func digest(_ data: Data) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in data { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }

  /// The model without a fixed height and width, as far as its layers allow.
  @Test(arguments: KerasGoldenTests.names, ONNXExporter.Form.allCases)
  func filesAreThoseThatWereChecked(_ name: String, _ form: ONNXExporter.Form) throws {
    let (golden, model) = try load(name)
    let file = name.replacingOccurrences(of: "/", with: "-") + ".\(form.rawValue).onnx"
    let data: Data
    do { data = try ONNXExporter(form: form).data(for: model.graph) } catch let error as UnsupportedModelError
    {
      #expect(form != .scan, "\(error)")
      return
    } catch let error as InterchangeError {
      #expect(form == .step && error.kind == .invalidOption, "\(error)")
      return
    }
    if let folder = ProcessInfo.processInfo.environment["SQUALL_WRITE_EXPORTS"] {
      try write(golden, model, data, to: URL(filePath: folder), file)
      return
    }
    #expect(try Self.digest(data) == Self.digests()[file], "\(file) is not what Reference/exports.py checked")
  }

  private func write(
    _ golden: Golden, _ model: KerasModel, _ data: Data, to folder: URL, _ file: String
  ) throws {
    try data.write(to: folder.appending(path: file))
    guard file.contains(".scan."), !file.contains("hard-sigmoid") else { return }
    let image = try golden.tensor("input.0").shape
    let keras = try KerasExporter(
      height: image.rank > 3 ? image[-3] : nil, width: image.rank > 3 ? image[-2] : nil,
      date: KerasExportTests.date
    ).archive(of: model.graph)
    try keras.write(to: folder.appending(path: file.replacingOccurrences(of: ".scan.onnx", with: ".keras")))
  }

  @Test(arguments: Contenders.standard) func forecasters(_ contender: String) throws {
    let signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 2, height: 16, width: 8)
    let graph = try signature.model(
      Contenders.forecaster(contender == "convlstm2d" ? "convlstm2d:patch=2" : "\(contender):stages=2"),
      width: 5, initialization: .seed(1))
    let data = try ONNXExporter().data(for: graph)
    #expect(data.count > 1000)
    // The forecaster starts from the states of the encoder: there is no single step.
    let error = #expect(throws: UnsupportedModelError.self) { try ONNXExporter(form: .step).data(for: graph) }
    #expect(error?.problems.isEmpty == false)
    try write(graph, ["scan": data], "forecaster-\(contender)", input: [2, 3, 16, 8, 1])
  }

  /// Any number of frames of any height and width, which Keras' ConvLSTM does not have.
  @Test func openSizes() throws {
    let strided = try Sequential(input: [nil, nil, nil, nil, 2], seed: 2) {
      ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, returnSequences: true)
      TimeDistributed(Conv2D(filters: 2, kernelSize: 3, padding: .same, activation: .tanh))
      ConvLSTM2D(filters: 2, kernelSize: [1, 3], strides: [1, 2], padding: .same, returnSequences: true)
      SpaceToDepth(size: 2)
    }
    try write(
      strided, ["scan": ONNXExporter().data(for: strided)], "forecaster-open-size", input: [2, 4, 6, 8, 2])
    let streamed = try Sequential(input: [nil, nil, nil, nil, 2], seed: 3) {
      ConvLSTM2D(filters: 3, kernelSize: 3, padding: .same, returnSequences: true)
      TimeDistributed(Conv2D(filters: 2, kernelSize: 1))
      ConvLSTM2D(filters: 2, kernelSize: 3, padding: .same, returnSequences: true)
    }
    try write(
      streamed,
      ["scan": ONNXExporter().data(for: streamed), "step": ONNXExporter(form: .step).data(for: streamed)],
      "forecaster-open-stream", input: [2, 4, 6, 7, 2])
    let error = #expect(throws: UnsupportedModelError.self) {
      try ONNXExporter(form: .unrolled).data(for: strided)
    }
    #expect(error?.problems.count == 2)
  }

  /// Leaves files for `Reference/exports.py`, with what Squall computes.
  private func write(_ graph: ModelGraph, _ files: [String: Data], _ name: String, input shape: Shape) throws
  {
    guard let folder = ProcessInfo.processInfo.environment["SQUALL_WRITE_EXPORTS"] else { return }
    let place = URL(filePath: folder)
    for (form, data) in files { try data.write(to: place.appending(path: "\(name).\(form).onnx")) }
    try KerasExporter(height: shape[-3], width: shape[-2], date: KerasExportTests.date).archive(of: graph)
      .write(to: place.appending(path: "\(name).keras"))
    var random = RandomStream(seed: 4)
    let input = random.normal(shape: shape)
    for (part, value) in [("input.0", input), ("output.0", try graph(input))] {
      let text =
        value.shape.dimensions.map(String.init).joined(separator: " ") + "\n"
        + value.values.map { "\($0)" }.joined(separator: " ")
      try text.write(to: place.appending(path: "\(name).\(part).txt"), atomically: true, encoding: .utf8)
    }
  }
}
