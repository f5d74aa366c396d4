import ArgumentParser
import Foundation
import Interchange
import TensorCore

/// `squall predict`: what a model computes of arrays.
struct Predict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute a model's outputs for arrays in .npy files.",
    discussion: """
      The model is a .keras archive, a whole-model .h5 of Keras 2, or a .squall checkpoint. Give --input once for
      each input of the model, in its order, or one .npz archive with the inputs' names. Further outputs get a
      number, y.npy, y_1.npy, …, or all go into one .npz archive. Numbers of any type become float32.

        squall predict --model model.keras --input x.npy --output y.npy
      """)

  @Option(help: "The model: .keras, .h5 or .squall.")
  var model: String
  @Option(help: "An array [batch, …] in a .npy file, once for each input; or a .npz archive of all.")
  var input: [String]
  @Option(help: "The .npy or .npz file for the output.")
  var output: String
  @Option(help: "Samples that are computed at once.")
  var batchSize: Int = 32
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard batchSize > 0 else {
      throw ValidationError("--batch-size: expected at least 1, received \(batchSize).")
    }
    guard !input.isEmpty else { throw ValidationError("--input: expected at least one file.") }
    guard ["npy", "npz"].contains(URL(filePath: output).pathExtension.lowercased()) else {
      throw ValidationError("--output: expected a file ending in .npy or .npz, received \"\(output)\".")
    }
  }

  func run() async throws {
    global.apply()
    try reportingErrors {
      let file = try ModelFile(contentsOf: URL(filePath: model))
      let inputs = try ModelArrays.inputs(input.map { URL(filePath: $0) }, for: file.model)
      let outputs = try file.predict(inputs, batchSize: batchSize)
      for (url, shape) in try ModelArrays.write(outputs, to: URL(filePath: output)) {
        print("\(url.path): \(shape)")
      }
    }
  }
}
