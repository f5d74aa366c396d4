import Foundation
import Interchange
import TensorCore
import TestSupport
import Testing

/// The commands of `squall` that read and write models, run as people run them.
@Suite struct CommandTests {
  /// Where the build put `squall`: beside the tests.
  static let squall: URL? = {
    let url = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "squall")
    return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
  }()

  static func run(_ arguments: String...) throws -> (status: Int32, output: String) { try run(arguments) }

  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = squall
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func golden(_ path: String) -> String {
    Golden.packageRoot.appending(path: "Tests/Goldens/\(path)").path
  }

  @Test(.enabled(if: squall != nil, "the built squall was not found beside the tests"))
  func predictGivesKerasNumbers() throws {
    try inFolder { folder in
      let golden = try Golden.load("keras", "nested-shared-model")
      let files = ["a.npy", "b.npy", "y.npy"].map { folder.appending(path: $0) }
      for (file, input) in zip(files, try golden.tensors("input")) { try input.write(npy: file) }
      let result = try Self.run(
        "predict", "--model", self.golden("keras/nested-shared-model.keras"), "--input", files[0].path,
        "--input",
        files[1].path, "--output", files[2].path)
      #expect(result.status == 0, "\(result.output)")
      assertClose(try Tensor(npy: files[2]), try golden.tensor("output.0"), tolerance: 1e-5)
      assertClose(
        try Tensor(npy: folder.appending(path: "y_1.npy")), try golden.tensor("output.1"), tolerance: 1e-5)
    }
  }

  @Test(.enabled(if: squall != nil, "the built squall was not found beside the tests"))
  func conversionsKeepEveryBit() throws {
    try inFolder { folder in
      let input = folder.appending(path: "x.npy").path
      try Golden.load("keras", "convlstm-next-frame").tensor("input.0").write(npy: URL(filePath: input))
      let squall = folder.appending(path: "m.squall").path
      let keras = folder.appending(path: "m.keras").path
      var result = try Self.run(
        "convert", golden("keras/convlstm-next-frame.keras"), squall, "--certify", input)
      #expect(result.status == 0 && result.output.contains("largest difference 0.0"), "\(result.output)")
      result = try Self.run("convert", squall, keras, "--height", "9", "--width", "8", "--certify", input)
      #expect(result.status == 0 && result.output.contains("largest difference 0.0"), "\(result.output)")
      let certificate = try String(contentsOfFile: keras + ".certificate.txt", encoding: .utf8)
      #expect(certificate.contains("(the same bits)"))
      result = try Self.run("convert", keras, folder.appending(path: "m.onnx").path, "--form", "step")
      #expect(result.status == 0, "\(result.output)")
      result = try Self.run("info", squall)
      #expect(
        result.output.contains("conv_lstm2d_1") && result.output.contains("Keras 3.15.1"), "\(result.output)")
    }
  }

  @Test(.enabled(if: squall != nil, "the built squall was not found beside the tests"))
  func fitTrainsOn() throws {
    try inFolder { folder in
      let golden = try Golden.load("fit", "convlstm-rmsprop")
      let (x, y) = (folder.appending(path: "x.npy"), folder.appending(path: "y.npy"))
      try golden.tensor("x").write(npy: x)
      try golden.tensor("y").write(npy: y)
      let (output, history) = (folder.appending(path: "m.keras").path, folder.appending(path: "h.csv").path)
      let result = try Self.run(
        "fit", "--model", self.golden("fit/convlstm-rmsprop.keras"), "--input", x.path, "--target", y.path,
        "--batch-size", "4", "--epochs", "2", "--no-shuffle", "--output", output, "--history", history)
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.contains("epoch 1: loss 0.2616"), "\(result.output)")
      #expect(try String(contentsOfFile: history, encoding: .utf8).hasPrefix("epoch,loss,"))
      #expect(try KerasModel(contentsOf: URL(filePath: output)).graph.layers.count == 2)
    }
  }

  @Test(.enabled(if: squall != nil, "the built squall was not found beside the tests"))
  func mistakesAreExplained() throws {
    for (arguments, words) in [
      (["info", "nothing.txt"], ".keras, .h5"), (["info", "absent.keras"], "No such file"),
      (
        ["predict", "--model", "m.keras", "--input", "x.npy", "--output", "y.npy", "--batch-size", "0"],
        "at least 1"
      ),
    ] {
      let process = try Self.run(arguments)
      #expect(process.status != 0)
      #expect(process.output.contains(words), "\(process.output)")
    }
  }
}
