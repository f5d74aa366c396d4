import Foundation
import Squall

/// Teaches a small ConvLSTM2D to tell clips of a dot moving right from clips of a dot moving left. No single
/// frame shows the difference. The guide "Your first model" walks through these files.
@main
struct FirstModel {
  static func main() async throws {
    var random = RandomStream(seed: 1)
    let training = movingDots(count: 48, random: &random)
    let test = movingDots(count: 48, random: &random)

    var model = try makeClassifier()
    print(model.summary())
    try train(&model, on: training.clips, training.classes, steps: 60)
    print("right on \(percent(try accuracy(of: model, on: test))) of clips never seen")
    try watch(test.clips, with: model)

    let validation = movingDots(count: 32, random: &random)
    let folder = CheckpointFolder(
      FileManager.default.temporaryDirectory.appending(path: "squall-first-model-\(UUID().uuidString)"))
    defer { try? FileManager.default.removeItem(at: folder.url) }
    _ = try await fit(makeClassifier(), on: training, validation: validation, folder: folder)
    let better = try await resume(in: folder, epochs: 25, on: training, validation: validation)
    print("right on \(percent(try accuracy(of: better, on: test))) by the training loop")

    registerOwnParts()
    let own = CheckpointFolder(folder.url.appending(path: "own"))
    let trained = try await fitOwnParts(on: batches(training, shuffledBySeed: 1), folder: own)
    let transferredModel = try transferred(trained)
    print(
      "\(transferredModel.trainableParameterCount) of \(transferredModel.parameterCount) parameters are left to train"
    )
  }
}

func percent(_ share: Float) -> String { "\(Int((share * 100).rounded()))%" }
