import ArgumentParser
import Contenders
import Tasks
import TensorCore
import Training

/// Options of every training, whatever its task and command.
struct TrainingArguments: ParsableArguments {
  @Option(help: "Parameters of a model, nearly (300000; 40000 for classifiers).")
  var parameters: Int?
  @Option(help: "Epochs at most (40; for classifiers 20 to 100, so that there are 800 steps).")
  var epochs: Int?
  @Option(help: "Samples of a step (8; 16 for classifiers).")
  var batchSize: Int?
  @Option(help: "Learning rate of Adam at the start (0.001; 0.002 for classifiers).")
  var learningRate: Double?
  @Option(
    help: ArgumentHelp(
      "Epochs without a better validation loss before training stops (8; three tenths of the epochs for classifiers)."
    ))
  var patience: Int?
  @Option(help: "Minutes of each training at most; it can go on later with --resume.")
  var maxMinutes: Double?
  @Option(
    help: ArgumentHelp(
      "The precision of training steps: \(Precision.names) (float32). bfloat16 keeps most activations in 16 bits; "
        + "models are kept and scored in float32."))
  var precision: Precision?
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Whether samples are changed at random: tiles mirrored and turned, clips of pictures varied in brightness (see "
        + "--symmetries)."))
  var augment: Bool?
  @Option(
    help:
      "Seed of weights, tiles and order of the samples; of the first training where there are several (1).")
  var seed: UInt64?

  func validate() throws {
    let counts: [(String, Int?)] = [
      ("--parameters", parameters), ("--epochs", epochs), ("--batch-size", batchSize),
      ("--patience", patience),
    ]
    for (name, value) in counts {
      if let value, value < 1 {
        throw ValidationError("\(name): expected a number of at least 1, received \(value).")
      }
    }
    for (name, value) in [("--learning-rate", learningRate), ("--max-minutes", maxMinutes)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("\(name): expected a positive number, received \(value).")
      }
    }
  }

  /// The options over the defaults of a task.
  func applied(to defaults: TrainingSettings) -> TrainingSettings {
    var settings = defaults
    settings.epochs = epochs ?? settings.epochs
    settings.batchSize = batchSize ?? settings.batchSize
    settings.learningRate = learningRate ?? settings.learningRate
    settings.patience = patience ?? settings.patience
    settings.precision = precision ?? settings.precision
    settings.maximumSeconds = maxMinutes.map { $0 * 60 }
    return settings
  }

  /// The options over the defaults of classifiers.
  func applied(to settings: inout ClassificationSettings) {
    settings.epochs = epochs ?? settings.epochs
    settings.batchSize = batchSize ?? settings.batchSize
    settings.learningRate = learningRate ?? settings.learningRate
    settings.patience = patience ?? settings.patience
    settings.precision = precision ?? settings.precision
    settings.maximumSeconds = maxMinutes.map { $0 * 60 }
  }
}

extension Precision: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

/// What a model is to do.
enum TaskKind: String, ExpressibleByArgument, CaseIterable {
  case forecast, classify

  static var names: String { allCases.map(\.rawValue).joined(separator: " or ") }
}
