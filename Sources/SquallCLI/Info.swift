import ArgumentParser
import Foundation
import Interchange
import Reports
import Tasks
import Training

/// `squall info`: what a model file holds.
struct Info: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's summary, where it comes from and its settings; or what a report recommends.",
    discussion: """
      A folder stands for the model.squall in it, or for the report of squall compare that it holds.

        squall info model.keras
        squall info nowcast
        squall info report-knmi
        squall info nowcast/last.squall --digest
      """)

  @Argument(
    help:
      "The model: .keras, .h5, .squall, or .safetensors of a PyTorch ConvLSTM; a folder of squall train or squall compare."
  )
  var model: String

  @Flag(help: "Only numbers that any changed bit of the training changes, part by part.")
  var digest = false

  @OptionGroup var configuration: ConfigurationArguments

  func run() async throws {
    try reportingErrors {
      let url = try Self.model(URL(filePath: model))
      if digest {
        for (part, value) in try Checkpoint(contentsOf: url).digests() {
          print("\(part) \(value)")
        }
        return
      }
      if url.lastPathComponent == "results.json" { return try describe(report: url) }
      let file = try ModelFile(contentsOf: url)
      print(file.model.summary())
      // What a forecaster was trained on, and how good it is, is for people to read.
      let forecast = Self.forecastNotes(url, file.format)
      for (name, value) in file.source
      where !(name == "data_profile" && forecast?.profile != nil)
        && !(name == "skill" && forecast?.skill != nil)
      {
        print("\(name): \(value)")
      }
      for (name, text) in forecast?.profile?.lines ?? [] { print("training data, \(name): \(text)") }
      for line in forecast?.skill?.lines ?? [] { print(line) }
      for input in file.model.inputs { print("input \(input.name): \(input.shape)") }
      for (index, shape) in file.model.outputShapes.enumerated() { print("output \(index): \(shape)") }
      do {
        if let training = try file.compilation() {
          print("trained: \(training.optimizer.iteration) steps")
          if file.keras == nil { print("optimizer: \(type(of: training.optimizer.rule).name.rawValue)") }
          if file.keras == nil, let loss = training.loss { print("loss: \(loss.typeName)") }
        }
      } catch { print("note: training cannot go on as compiled: \(error)") }
      for note in file.notes { print("note: \(note)") }
    }
  }

  private static func forecastNotes(_ url: URL, _ format: ModelFile.Format) -> ForecastNotes? {
    guard format == .squall, let notes = try? Checkpoint(contentsOf: url).notes else { return nil }
    return try? ForecastNotes(notes)
  }

  /// The file that a path stands for: itself, the model in a folder, or the results of a report.
  private static func model(_ url: URL) throws -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      return url
    }
    let files = ["model.squall", "results.json"].map { url.appending(path: $0) }
    guard let found = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw CleanError(
        description:
          "\(url.path): expected a folder with model.squall or results.json, found neither. Name a folder that "
          + "squall train or squall compare wrote, or a model file.")
    }
    return found
  }

  /// The answer of a report, its models, and how to use them.
  private func describe(report url: URL) throws {
    let report = try ComparisonReport(json: Data(contentsOf: url))
    let folder = url.deletingLastPathComponent()
    print(
      "\(report.title)\n\(report.verdict.recommendation) \(report.verdict.reason)\n\(report.verdict.certainty)"
    )
    for result in report.models {
      print("\(result.name): \(result.parameters) parameters, \(result.summary)")
    }
    let models = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "models").path)
      .sorted()
    for name in models {
      let file = folder.appending(path: "models/\(name)/model.squall")
      if FileManager.default.fileExists(atPath: file.path) { print("model: \(file.path)") }
    }
    print("train it anew: squall train --like \(model) --output FOLDER")
  }
}
