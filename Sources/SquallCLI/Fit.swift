import ArgumentParser
import Foundation
import Interchange
import TensorCore
import Training

/// `squall fit`: trains a model on arrays, as Keras' `fit` does.
struct Fit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model on arrays in .npy files.",
    discussion: """
      Losses and optimizers have Keras' names. A Keras model that was compiled needs neither: training goes on with
      its optimizer where it stopped. With --no-shuffle samples come in their order, as in Keras' fit(shuffle=False).

        squall fit --model m.keras --input x.npy --target y.npy --loss mse --optimizer adam \\
          --learning-rate 0.001 --batch-size 32 --epochs 5 --no-shuffle --output trained.keras
      """)

  @Option(help: "The model: .keras, .h5 or .squall.")
  var model: String
  @Option(help: "An array [batch, …] in a .npy file; once for each input.")
  var input: [String]
  @Option(help: "The array of what the model should give.")
  var target: String
  @Option(help: "The loss by Keras' name, such as mse or sparse_categorical_crossentropy.")
  var loss: String?
  @Option(
    help: ArgumentHelp(
      "The optimizer: " + OptimizerName.allCases.map(\.rawValue).joined(separator: ", ") + " (any case)."))
  var optimizer: String?
  @Option(help: "Learning rate; the optimizer's own default without it.")
  var learningRate: Double?
  @Option(help: "Samples of a step.")
  var batchSize: Int = 32
  @Option(help: "How often to go through the data.")
  var epochs: Int = 1
  @Flag(inversion: .prefixedNo, help: "Whether to shuffle the samples for each epoch.")
  var shuffle = true
  @Option(help: "Seed of the order and of dropout.")
  var seed: UInt64 = 0
  @Option(help: "The file for the trained model, by its ending.")
  var output: String
  @Option(help: "A CSV file for the loss of each epoch.")
  var history: String?
  @Option(help: "Height of the frames where the model leaves it open; Keras files need it.")
  var height: Int?
  @Option(help: "Width of the frames where the model leaves it open; Keras files need it.")
  var width: Int?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard batchSize > 0, epochs > 0 else {
      throw ValidationError(
        "--batch-size and --epochs: expected at least 1, received \(batchSize) and \(epochs).")
    }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate: expected a positive number, received \(learningRate).")
    }
  }

  func run() async throws {
    global.apply()
    do { try await train() } catch let error as CancellationError { throw error } catch let error
      as ValidationError
    {
      throw error
    } catch { throw CleanError(description: "\(error)") }
  }

  private func train() async throws {
    var file = try ModelFile(contentsOf: URL(filePath: model))
    _ = try ModelFile.Format(of: URL(filePath: output))
    let samples = TrainingBatch(
      inputs: try input.map { try Tensor(npy: URL(filePath: $0)) },
      target: try Tensor(npy: URL(filePath: target)))
    let batches = try TensorBatches(samples, batchSize: batchSize, shuffledBySeed: shuffle ? seed : nil)
    let plan = TrainingPlan(loss: try chosenLoss(file), epochs: epochs, seed: seed)
    var trainer = Trainer(file.model, optimizer: try chosenOptimizer(file), plan: plan)
    let result = try await trainer.fit(on: batches, progress: EpochLines())
    if let history { try Self.csv(result.history).write(toFile: history, atomically: true, encoding: .utf8) }
    file.model = result.last
    file.optimizer = trainer.optimizer
    try ModelConversion(height: height, width: width).write(file, to: URL(filePath: output))
    print("\(output): written")
  }

  private func chosenLoss(_ file: ModelFile) throws -> Loss {
    if let loss { return try Loss(named: loss) }
    if let compiled = try file.keras?.loss() { return compiled }
    throw ValidationError("--loss: the model was not compiled with one loss, so name it.")
  }

  private func chosenOptimizer(_ file: ModelFile) throws -> Optimizer {
    if let optimizer { return try Optimizer(keras: optimizer, learningRate: learningRate) }
    if learningRate == nil, let compiled = try file.keras?.optimizer() { return compiled }
    throw ValidationError("--optimizer: the model was not compiled with one that can go on, so name it.")
  }

  private static func csv(_ history: History) -> String {
    history.epochs.reduce("epoch,loss,learning_rate,seconds\n") {
      $0 + "\($1.number),\($1.trainingLoss),\($1.learningRate),\($1.seconds)\n"
    }
  }
}

/// One line an epoch.
private struct EpochLines: TrainingProgress {
  func epochEnded(_ epoch: History.Epoch, isBest: Bool) {
    print("epoch \(epoch.number): loss \(epoch.trainingLoss)")
  }
}
