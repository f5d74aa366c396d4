import ArgumentParser
import Foundation
import Interchange
import Training

/// `squall info`: what a model file holds.
struct Info: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a model's summary, where it comes from and its settings.",
    discussion: """
        squall info model.keras
        squall info nowcast/last.squall --digest
      """)

  @Argument(help: "The model: .keras, .h5, .squall, or .safetensors of a PyTorch ConvLSTM.")
  var model: String

  @Flag(help: "Only numbers that any changed bit of the training changes, part by part.")
  var digest = false

  func run() async throws {
    try reportingErrors {
      if digest {
        for (part, value) in try Checkpoint(contentsOf: URL(filePath: model)).digests() {
          print("\(part) \(value)")
        }
        return
      }
      let file = try ModelFile(contentsOf: URL(filePath: model))
      print(file.model.summary())
      for (name, value) in file.source { print("\(name): \(value)") }
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
}
