import Foundation
import Layers
import TensorCore

/// Lets the framework that a file is for compute its outputs: Keras for `.keras` and `.h5`, ONNX Runtime for
/// `.onnx`, both through a Python that has them.
public struct ForeignRuntime: Sendable {
  public var python: URL

  public init(python: URL) { self.python = python }

  private static let program = """
    import sys
    import numpy
    model, folder, *inputs = sys.argv[1:]
    values = [numpy.load(path, allow_pickle=False).astype("float32") for path in inputs]
    if model.endswith(".onnx"):
        import onnxruntime
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        outputs = session.run(None, dict(zip([value.name for value in session.get_inputs()], values)))
        version = "ONNX Runtime " + onnxruntime.__version__
    else:
        import keras
        outputs = keras.saving.load_model(model, compile=False)(values if len(values) > 1 else values[0], training=False)
        outputs = keras.tree.flatten(outputs)
        version = "Keras " + keras.__version__ + " on " + keras.backend.backend()
    for index, value in enumerate(outputs):
        numpy.save(f"{folder}/{index}.npy", numpy.asarray(value))
    open(f"{folder}/version", "w").write(version)
    """

  /// One side of a parity certificate.
  ///
  /// - Throws: `InterchangeError` where Python or the framework fails.
  public func side(_ model: URL, _ format: ModelFile.Format, inputs: [URL]) throws -> ParityCertificate.Side {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = python
    process.arguments = ["-c", Self.program, model.path, folder.path] + inputs.map(\.path)
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    func failure(_ received: String) -> InterchangeError {
      InterchangeError(
        .invalidOption, in: python.path, expected: "the outputs of \(model.lastPathComponent)",
        received: received,
        remedy: "Name a Python that has \(format == .onnx ? "onnxruntime" : "keras") and numpy.")
    }
    do { try process.run() } catch { throw failure(error.localizedDescription) }
    let said = String(decoding: (try? errors.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw failure(
        said.split(separator: "\n").last.map(String.init) ?? "status \(process.terminationStatus)")
    }
    var outputs: [Tensor] = []
    while case let url = folder.appending(path: "\(outputs.count).npy"),
      FileManager.default.fileExists(atPath: url.path)
    {
      outputs.append(try Tensor(npy: url))
    }
    let version = try String(contentsOf: folder.appending(path: "version"), encoding: .utf8)
    return ParityCertificate.Side(
      name: model.lastPathComponent, outputs: outputs, source: [("computed by", version)])
  }
}
