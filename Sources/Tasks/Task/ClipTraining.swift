import Readers
import Sampling
import TensorCore
import Training

/// What makes more of the clips of a training: how often classes come, and what is changed by chance.
public struct ClipTrainingOptions: Codable, Equatable, Sendable {
  /// How often the clips of a class come in an epoch.
  public enum Weights: String, CaseIterable, Codable, Sendable {
    /// Every clip once.
    case none
    /// Clips are drawn so that all classes are equally frequent; see `ClassWeights`.
    case balanced
  }

  public var weights = Weights.none
  public var augmentation: Augmentation?

  public init(weights: Weights = .none, augmentation: Augmentation? = nil) {
    self.weights = weights
    self.augmentation = augmentation
  }

  /// Whether clips come as they are, each once.
  public var isPlain: Bool { weights == .none && augmentation == nil }

  /// In words, for a report.
  public var summary: String {
    var parts = weights == .balanced ? ["classes drawn equally often"] : []
    if let augmentation {
      if !augmentation.symmetries.isEmpty {
        parts.append("symmetries " + augmentation.symmetries.map(\.rawValue).joined(separator: ", "))
      }
      if augmentation.reversesTime { parts.append("time reversed") }
      if let brightness = augmentation.brightness {
        parts.append("brightness times \(brightness.lowerBound) to \(brightness.upperBound)")
      }
    }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }
}

/// Training batches of clips: every clip once in an order drawn anew for each epoch, or drawn with weights and changed by
/// chance, a function of seed, epoch and index; in their order for validation and test.
package struct ClassifierBatches: BatchProvider {
  private let base: ClipBatches

  /// - Parameters:
  ///   - clips: The labelled clips.
  ///   - indices: Which of them take part.
  ///   - batchSize: How many samples make a batch.
  ///   - options: Weights and augmentation, where there is a seed.
  ///   - seed: What random choices depend on; `nil` keeps the order and takes clips as they are.
  /// - Throws: `DataError` if there is no clip, or an option does not fit them.
  package init(
    _ clips: LabeledClips, _ indices: [Int], batchSize: Int,
    options: ClipTrainingOptions = ClipTrainingOptions(), seed: UInt64?
  ) throws {
    let labels = indices.map { clips.labels[$0] }
    let weights =
      seed != nil && options.weights == .balanced
      ? try ClassWeights(balancing: labels, classes: clips.classNames.count).weights(of: labels) : nil
    base = try ClipBatches(
      clips, indices, batchSize: batchSize, weights: weights,
      augmentation: seed == nil ? nil : options.augmentation, seed: seed)
  }

  package var batchesPerEpoch: Int { base.batchesPerEpoch }

  package func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    return TrainingBatch(batch.input, batch.sparseLabels)
  }
}
