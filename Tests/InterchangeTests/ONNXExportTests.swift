import Architectures
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
    let keras = try KerasExporter(height: 9, width: 8, date: KerasExportTests.date).archive(of: model.graph)
    try keras.write(to: folder.appending(path: file.replacingOccurrences(of: ".scan.onnx", with: ".keras")))
  }

  @Test(arguments: Family.allCases) func forecasters(_ family: Family) throws {
    let architecture = ForecastArchitecture(
      inputFrames: 3, forecastFrames: 2, height: 16, width: 8, patchSize: 2, stages: 2)
    let graph = try architecture.model(family, width: 5, initialization: .seed(1))
    let data = try ONNXExporter().data(for: graph)
    #expect(data.count > 1000)
    // The forecaster starts from the states of the encoder: there is no single step.
    let error = #expect(throws: UnsupportedModelError.self) { try ONNXExporter(form: .step).data(for: graph) }
    #expect(error?.problems.isEmpty == false)
    guard let folder = ProcessInfo.processInfo.environment["SQUALL_WRITE_EXPORTS"] else { return }
    let place = URL(filePath: folder)
    try data.write(to: place.appending(path: "forecaster-\(family.rawValue).scan.onnx"))
    try KerasExporter(date: KerasExportTests.date).archive(of: graph)
      .write(to: place.appending(path: "forecaster-\(family.rawValue).keras"))
    var random = RandomStream(seed: 4)
    let input = random.normal(shape: [2, 3, 16, 8, 1])
    let output = try graph(input)
    let values = ["input.0": input, "output.0": output]
    for (name, value) in values {
      let text =
        value.shape.dimensions.map(String.init).joined(separator: " ") + "\n"
        + value.values.map { "\($0)" }.joined(separator: " ")
      try text.write(
        to: place.appending(path: "forecaster-\(family.rawValue).\(name).txt"), atomically: true,
        encoding: .utf8)
    }
  }
}
