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
      Losses and optimizers have Keras' names. A model that was compiled in Keras, or trained before, needs neither:
      training goes on with its optimizer where it stopped. With --no-shuffle samples come in their order, as in
      Keras' fit(shuffle=False). Targets of sparse_categorical_crossentropy are class numbers.

        squall fit --model m.keras --input x.npy --target y.npy --loss mse --optimizer adam \\
          --learning-rate 0.001 --batch-size 32 --epochs 5 --no-shuffle --output trained.keras
      """)

  @Option(help: "The model: .keras, .h5 or .squall.")
  var model: String
  @Option(help: "An array [batch, …] in a .npy file, once for each input; or a .npz archive of all.")
  var input: [String]
  @Option(help: "The array of what the model should give.")
  var target: String
  @Option(
    help: ArgumentHelp(
      "The loss by one of Keras' names: mse or MeanSquaredError, sparse_categorical_crossentropy, huber …; facl for the "
        + "spectra of fields; or a weighted sum such as mse+0.1*facl.")
  )
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
  @Option(
    help: "The precision of training steps: \(Precision.names). bfloat16 keeps most activations in 16 bits.")
  var precision: Precision = .float32
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
    } catch let error as CleanError { throw error } catch { throw CleanError(description: "\(error)") }
  }

  private func train() async throws {
    var file = try ModelFile(contentsOf: URL(filePath: model))
    let target = URL(filePath: output)
    let conversion = ModelConversion(height: height, width: width)
    // What cannot be written is said before the training, not after it.
    try conversion.check(file, for: target)
    guard file.model.outputs.count == 1 else {
      throw CleanError(
        description: "--model: expected a model with one output, received "
          + "\(file.model.outputs.count). Train a model of the output that is meant.")
    }
    let training = try chosen(file)
    guard let loss = training.loss else {
      throw ValidationError("--loss: the model was not compiled with one loss, so name it.")
    }
    let samples = TrainingBatch(
      inputs: try ModelArrays.inputs(input.map { URL(filePath: $0) }, for: file.model),
      target: ModelArrays.target(
        try ModelArrays.tensor(URL(filePath: self.target)), for: loss, output: file.model.outputShapes[0]))
    let batches = try TensorBatches(samples, batchSize: batchSize, shuffledBySeed: shuffle ? seed : nil)
    let plan = TrainingPlan(
      loss: loss, epochs: epochs, schedule: training.schedule, seed: seed, precision: precision)
    var trainer = Trainer(file.model, optimizer: training.optimizer, plan: plan)
    let result = try await trainer.fit(on: batches, progress: EpochLines())
    file.model = result.last
    file.training = Compilation(optimizer: trainer.optimizer, schedule: training.schedule, loss: loss)
    try conversion.write(file, to: target)
    print("\(output): written")
    if let history { try Self.csv(result.history).write(toFile: history, atomically: true, encoding: .utf8) }
  }

  /// What the options say, and where they say nothing what the model was trained with.
  private func chosen(_ file: ModelFile) throws -> Compilation {
    let named = try loss.map { try Loss(named: $0) }
    if let optimizer {
      let chosen = try Optimizer(keras: optimizer, learningRate: learningRate)
      return Compilation(
        optimizer: chosen, loss: try named ?? file.training?.loss ?? file.keras?.loss())
    }
    guard learningRate == nil else {
      throw ValidationError("--learning-rate: belongs to an optimizer, so name that by --optimizer.")
    }
    guard var compiled = try file.compilation() else {
      throw ValidationError("--optimizer: the model was not compiled with one, so name it.")
    }
    compiled.loss = named ?? compiled.loss
    return compiled
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
