import Foundation
import Testing

/// The commands and programs that the README names exist and do what it says.
@Suite struct CommandTests {
  /// Where the build put its programs: beside the tests.
  static let products: URL? = {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<4 {
      if FileManager.default.fileExists(atPath: folder.appending(path: "squall").path) { return folder }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = try #require(products).appending(path: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// The options on every `squall …` line of the README are in the help of its command.
  @Test(.enabled(if: products != nil, "the built programs were not found beside the tests"))
  func optionsOfTheReadmeExist() throws {
    let lines = try QuotedCodeTests.text("README.md").split(separator: "\n")
      .filter { $0.hasPrefix("    squall ") }
    #expect(!lines.isEmpty)
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      let help = try Self.run("squall", ["help", words[1]])
      #expect(help.status == 0)
      for option in words where option.hasPrefix("--") {
        #expect(help.output.contains(option), "\(option) is not in the help of squall \(words[1])")
      }
    }
  }

  /// The commands of the README that need nothing but generated data run as they stand, trainings cut short.
  @Test(.enabled(if: products != nil, "the built programs were not found beside the tests"))
  func commandsOfTheReadmeRun() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let lines = try QuotedCodeTests.text("README.md").split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }.filter { $0.hasPrefix("squall ") && $0.contains("generated:") && !$0.hasPrefix("squall compare") }
    #expect(lines.count >= 5)
    for line in lines {
      var command = line
      if line.hasPrefix("squall train") { command += " --epochs 1 --parameters 5000 --no-predict" }
      if line.hasPrefix("squall train") && !line.contains("classify") { command += " --batches-per-epoch 2" }
      if line.hasPrefix("squall evaluate") { command += " --every 20" }
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", "PATH=\"$0:$PATH\"; \(command)", try #require(Self.products).path]
      process.currentDirectoryURL = folder
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(command)")
    }
  }

  /// Every command explains itself by an example whose options it has.
  @Test(
    .enabled(if: products != nil, "the built programs were not found beside the tests"),
    arguments: [
      "compare", "train", "evaluate", "forecast", "nowcast", "classify", "generate", "predict", "fit",
      "convert",
      "info",
    ])
  func helpExplainsByExample(_ command: String) throws {
    let help = try Self.run("squall", ["help", command]).output
    let examples = help.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.hasPrefix("squall \(command) ") }
    #expect(!examples.isEmpty)
    let options = help.components(separatedBy: "OPTIONS:").last ?? ""
    for word in examples.flatMap({ $0.split(separator: " ") }) where word.hasPrefix("--") {
      #expect(options.contains(word), "\(word) is not an option of squall \(command)")
    }
  }

  /// Every script that a page names is there and may be run.
  @Test(arguments: QuotedCodeTests.pages)
  func scriptsExist(_ page: String) throws {
    for match in try QuotedCodeTests.text(page).matches(of: /script\/[a-z-]+/) {
      let path = QuotedCodeTests.root.appending(path: String(match.0)).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(page): \(match.0)")
    }
  }

  /// The first model learns: the code that README and guides quote, run from start to end.
  @Test(.enabled(if: products != nil, "the built programs were not found beside the tests"))
  func theFirstModelLearns() throws {
    let result = try Self.run("FirstModel", [])
    #expect(result.status == 0)
    for match in result.output.matches(of: /right on ([0-9]+)%/) {
      #expect(try #require(Int(match.1)) >= 95, "\(match.0)")
    }
    #expect(result.output.matches(of: /right on/).count == 2, "\(result.output)")
  }

  /// A contender of one's own is registered, brought to the size of another and trained for a step.
  @Test(.enabled(if: products != nil, "the built programs were not found beside the tests"))
  func anOwnContenderTrains() throws {
    let result = try Self.run("OwnContender", [])
    #expect(result.status == 0)
    let losses = try #require(
      result.output.firstMatch(of: /loss before the step ([0-9.]+), after it ([0-9.]+)/))
    #expect(try #require(Double(losses.2)) < #require(Double(losses.1)))
  }
}
