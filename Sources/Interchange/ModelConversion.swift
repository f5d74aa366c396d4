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

  /// - Throws: `UnsupportedModelError` with all that the format does not have; what writing throws.
  public func write(_ file: ModelFile, to url: URL) throws {
    switch try ModelFile.Format(of: url) {
    case .keras:
      var exporter = KerasExporter(height: height, width: width)
      // An optimizer that has gone on is not the file's any more.
      if file.optimizer == nil, let keras = file.keras, keras.dialect == .keras3 {
        exporter.compilation = keras.compilation
        exporter.optimizerVariables = keras.compilation == nil ? [] : keras.optimizerVariables
      }
      try Self.write(exporter.archive(of: file.model), to: url)
    case .safetensors: try BareWeights.file(of: file.model).write(to: url)
    case .onnx:
      let exporter = ONNXExporter(form: onnxForm, height: height, width: width)
      try Self.write(exporter.data(for: file.model), to: url)
    case .squall:
      var notes = Dictionary(file.source.map { ("source \($0.name)", $0.value) }) { first, _ in first }
      notes["source"] = file.format.rawValue
      try Checkpoint(file.model, notes: notes).write(to: url)
    case .h5:
      throw InterchangeError(
        .unknownFormat, in: url.lastPathComponent, expected: "a format that is written",
        received: ".h5, which Keras itself calls legacy", remedy: "Write .keras instead.")
    }
  }

  private static func write(_ data: Data, to url: URL) throws {
    do { try data.write(to: url, options: .atomic) } catch {
      throw InterchangeError(
        .unwritable, in: url.path, expected: "to write the file", received: error.localizedDescription,
        remedy: "Check that the folder exists, is writable and has room.")
    }
  }
}
