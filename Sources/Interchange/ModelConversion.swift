import Foundation
import Layers
import SafeTensors
import TensorCore
import Training

/// Writes a model in the format that a file's ending names.
public struct ModelConversion: Sendable {
  /// Height and width of frames where the model leaves them open; Keras needs them.
  public var height: Int?
  public var width: Int?
  /// The form of an ONNX file.
  public var onnxForm = ONNXExporter.Form.scan

  public init(height: Int? = nil, width: Int? = nil, onnxForm: ONNXExporter.Form = .scan) {
    self.height = height
    self.width = width
    self.onnxForm = onnxForm
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `UnsupportedModelError` with all that the format does not have; what writing throws.
  public func write(_ file: ModelFile, to url: URL) throws {
    try Self.write(data(for: file, in: ModelFile.Format(of: url), name: url.lastPathComponent), to: url)
  }

  /// Checks that the model can be written so, before hours are spent on it.
  ///
  /// - Throws: As ``write(_:to:)`` does, and where there is no such folder.
  public func check(_ file: ModelFile, for url: URL) throws {
    _ = try data(for: file, in: ModelFile.Format(of: url), name: url.lastPathComponent)
    let folder = url.deletingLastPathComponent()
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      throw InterchangeError(
        .unwritable, in: url.path, expected: "a folder that can be written to", received: folder.path,
        remedy: "Create it, or name another.")
    }
  }

  private func data(for file: ModelFile, in format: ModelFile.Format, name: String) throws -> Data {
    switch format {
    case .keras:
      var exporter = KerasExporter(height: height, width: width)
      // A compilation that Squall cannot follow is not lost for Keras where nothing was trained since, but its
      // variables are; better none.
      exporter.training = try? file.compilation()
      if file.training == nil, let keras = file.keras, keras.dialect == .keras3 {
        exporter.compilation = keras.compilation
      }
      return try exporter.archive(of: file.model)
    case .safetensors: return try BareWeights.file(of: file.model).encoded()
    case .onnx:
      return try ONNXExporter(form: onnxForm, height: height, width: width).data(for: file.model)
    case .squall: return try checkpoint(of: file).encoded()
    case .h5:
      throw InterchangeError(
        .unknownFormat, in: name, expected: "a format that is written",
        received: ".h5, which Keras itself calls legacy", remedy: "Write .keras instead.")
    }
  }

  private func checkpoint(of file: ModelFile) throws -> Checkpoint {
    var notes = Dictionary(file.source.map { ("source \($0.name)", $0.value) }) { first, _ in first }
    notes["source"] = file.format.rawValue
    guard let training = try? file.compilation(), let loss = training.loss else {
      return try Checkpoint(file.model, notes: notes)
    }
    let plan = TrainingPlan(loss: loss, epochs: 0, schedule: training.schedule)
    return try Checkpoint(Trainer(file.model, optimizer: training.optimizer, plan: plan), notes: notes)
  }

  private static func write(_ data: Data, to url: URL) throws {
    do { try data.write(to: url, options: .atomic) } catch {
      throw InterchangeError(
        .unwritable, in: url.path, expected: "to write the file", received: error.localizedDescription,
        remedy: "Check that the folder exists, is writable and has room.")
    }
  }
}
