import ArgumentParser
import Foundation
import Interchange
import TensorCore

/// `squall convert`: a model in another format.
struct Convert: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model in another format, chosen by the file's ending.",
    discussion: """
      Read: .keras, .h5 (whole models of Keras 2), .squall, .safetensors (PyTorch ConvLSTM).
      Written: .keras, .squall, .safetensors (weights alone), .onnx.

        squall convert model.keras model.onnx --form step
        squall convert model.squall model.keras --height 64 --width 64 --certify x.npy
      """)

  @Argument(help: "The model to read.")
  var input: String
  @Argument(help: "The file to write.")
  var output: String
  @Option(help: "Height of the frames where the model leaves it open; Keras needs it.")
  var height: Int?
  @Option(help: "Width of the frames where the model leaves it open; Keras needs it.")
  var width: Int?
  @Option(
    help: ArgumentHelp(
      "How recurrent layers run in ONNX: "
        + ONNXExporter.Form.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var form: ONNXExporter.Form = .scan
  @Option(help: "Arrays to compute with both files; a parity certificate is written beside the new file.")
  var certify: [String] = []
  @Option(
    help: ArgumentHelp(
      "A Python with Keras or ONNX Runtime, which then computes its side of the certificate.",
      valueName: "program"))
  var python: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    for (name, value) in [("--height", height), ("--width", width)] {
      if let value, value < 1 { throw ValidationError("\(name): expected at least 1, received \(value).") }
    }
  }

  func run() async throws {
    global.apply()
    try reportingErrors {
      let (source, target) = (URL(filePath: input), URL(filePath: output))
      let file = try ModelFile(contentsOf: source)
      try ModelConversion(height: height, width: width, onnxForm: form).write(file, to: target)
      print("\(target.path): written")
      for note in file.notes { print("note: \(note)") }
      if !certify.isEmpty { try writeCertificate(file, source, target) }
    }
  }

  private func writeCertificate(_ file: ModelFile, _ source: URL, _ target: URL) throws {
    let files = certify.map { URL(filePath: $0) }
    let inputs = try ModelArrays.inputs(files, for: file.model)
    // The original's own framework may not be in that Python; the new file's must.
    let original =
      try (try? side(file, source, files, inputs))
      ?? .init(file: file, name: source.lastPathComponent, inputs)
    let converted = try side(nil, target, files, inputs)
    let certificate = try ParityCertificate(original: original, converted: converted, inputs: inputs)
    let url = target.appendingPathExtension("certificate.txt")
    try Data(certificate.text.utf8).write(to: url, options: .atomic)
    print("\(url.path): largest difference \(certificate.largestDifference) of the root mean square")
  }

  /// One side: by the framework that the file is for, if a Python with it is there, else by Squall.
  private func side(
    _ known: ModelFile?, _ url: URL, _ files: [URL], _ inputs: [Tensor]
  ) throws -> ParityCertificate.Side {
    let format = try ModelFile.Format(of: url)
    if let python, format == .keras || format == .onnx || format == .h5 {
      return try ForeignRuntime(python: URL(filePath: python)).side(url, format, inputs: files)
    }
    guard format != .onnx else {
      throw ValidationError(
        "--certify: Squall only writes ONNX. Name a Python with ONNX Runtime by --python.")
    }
    if format == .safetensors, known == nil {
      throw ValidationError("--certify: weights alone compute nothing. Convert to .keras, .squall or .onnx.")
    }
    return try ParityCertificate.Side(
      file: known ?? ModelFile(contentsOf: url), name: url.lastPathComponent, inputs)
  }
}

extension ONNXExporter.Form: ExpressibleByArgument {}
