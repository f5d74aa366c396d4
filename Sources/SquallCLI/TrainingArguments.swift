import ArgumentParser
import Tasks
import TensorCore
import Training

/// Options of a training that do not depend on its task.
struct TrainingArguments: ParsableArguments {
  @Option(help: "Epochs at most (30; for classifiers 20 to 100, so that there are 800 steps).")
  var epochs: Int?
  @Option(help: "Samples of a step (8; 16 for classifiers).")
  var batchSize: Int?
  @Option(help: "Learning rate of Adam at the start (0.001; 0.002 for classifiers).")
  var learningRate: Double?
  @Option(
    help: ArgumentHelp(
      "The loss by Keras' name, such as mse or mae, or rain_weighted (mse; "
        + "sparse_categorical_crossentropy for classifiers)."))
  var loss: String?
  @Option(
    help: ArgumentHelp(
      "Epochs without a better validation loss before training stops (8; three tenths of the epochs for classifiers)."
    ))
  var patience: Int?
  @Option(
    name: [.customLong("max-minutes"), .customLong("maximum-minutes")],
    help: "Minutes of training at most; training can go on later with --resume.")
  var maxMinutes: Double?
  @Option(
    help: ArgumentHelp(
      "In which numbers to train: \(Precision.names) (float32). bfloat16 keeps most activations in 16 bits; the "
        + "model stays float32. A training that goes on keeps its own."))
  var precision: Precision?
  @Option(help: "Seed of weights, tiles and order of the samples.")
  var seed: UInt64 = 1

  func validate() throws {
    for (name, value) in [("--epochs", epochs), ("--batch-size", batchSize), ("--patience", patience)] {
      if let value, value < 1 {
        throw ValidationError("\(name): expected a number of at least 1, received \(value).")
      }
    }
    for (name, value) in [("--learning-rate", learningRate), ("--max-minutes", maxMinutes)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(name): expected a positive number, received \(value).")
      }
    }
    if let loss { _ = try loss.asLoss() }
  }
}

extension Precision: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

extension String {
  /// The loss of this name.
  fileprivate func asLoss() throws -> Loss {
    do { return try Loss(named: self) } catch { throw ValidationError("--loss: \(error)") }
  }
}

extension TrainingArguments {
  /// The options over a task's defaults.
  func applied(to options: inout TrainingRunOptions) throws {
    options.epochs = epochs ?? options.epochs
    options.learningRate = learningRate ?? options.learningRate
    options.patience = patience ?? options.patience
    options.maximumSeconds = maxMinutes.map { $0 * 60 }
    options.seed = seed
    options.precision = precision
    if let loss { options.loss = try loss.asLoss() }
  }
}
