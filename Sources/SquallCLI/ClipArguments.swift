import ArgumentParser
import Contenders
import Readers
import Sampling
import Tasks

/// What makes more of the clips of a training.
struct ClipArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How often classes come (classify): "
        + ClipTrainingOptions.Weights.allCases.map(\.rawValue).joined(separator: " or ") + "."))
  var classWeights: ClipTrainingOptions.Weights = .none
  @Option(
    help: ArgumentHelp(
      "Symmetries that leave a clip's class what it is, comma-separated (classify): "
        + GridSymmetry.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "names"))
  var symmetries: String?
  @Flag(help: "Half of the clips run backwards, where that leaves the class what it is (classify).")
  var reverseTime = false
  @Option(
    help: ArgumentHelp(
      "How classifiers make a vector of maps: "
        + ClassificationHead.allCases.map(\.rawValue).joined(separator: ", ") + " (classify)."))
  var head: ClassificationHead?
  @Option(
    help:
      "Stages of convolution (or ConvLSTM) and pooling in classifiers; by the size of the frames (classify).")
  var stages: Int?

  func validate() throws {
    _ = try parsedSymmetries()
    if let stages, stages < 1 {
      throw ValidationError("--stages: expected a number of at least 1, received \(stages).")
    }
  }

  private func parsedSymmetries() throws -> [GridSymmetry]? {
    try symmetries?.split(separator: ",").map { name in
      guard let symmetry = GridSymmetry(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError(
          "--symmetries: expected some of \(GridSymmetry.allCases.map(\.rawValue).joined(separator: ", ")), "
            + "received \(name).")
      }
      return symmetry
    }
  }

  /// - Parameters:
  ///   - augments: Whether `--augment` is given: pictures vary in brightness. Only the user knows which symmetries leave a
  ///     class what it is.
  ///   - unit: That of the clips.
  func options(augments: Bool, unit: PhysicalUnit) throws -> ClipTrainingOptions {
    var augmentation = Augmentation()
    augmentation.symmetries = try parsedSymmetries() ?? []
    augmentation.reversesTime = reverseTime
    if augments {
      guard unit == .brightness else {
        throw ValidationError(
          "--augment: expected pictures, whose brightness can vary, received clips in \(unit.rawValue). "
            + "Name --symmetries or --reverse-time instead.")
      }
      augmentation.brightness = 0.8...1.2
    }
    return ClipTrainingOptions(
      weights: classWeights, augmentation: augmentation == Augmentation() ? nil : augmentation)
  }
}

extension ClipArguments {
  /// The settings of a classification, with those of its training.
  func settings(_ training: TrainingArguments, unit: PhysicalUnit) throws -> ClassificationSettings {
    var settings = ClassificationSettings()
    (settings.stages, settings.head) = (stages, head)
    settings.changes = try options(augments: training.augment ?? false, unit: unit)
    training.applied(to: &settings)
    return settings
  }
}

extension ClipTrainingOptions.Weights: ExpressibleByArgument {}
extension ClassificationHead: ExpressibleByArgument {}
