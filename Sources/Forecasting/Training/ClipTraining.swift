import SequenceData
import TensorCore
import Training

/// What makes more of the clips of a training: how often classes come, and what is changed by chance.
public struct ClipTrainingOptions: Equatable, Sendable {
  /// How often the clips of a class come in an epoch.
  public enum Weights: String, CaseIterable, Sendable {
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

/// Training batches of clips that are drawn with weights or changed by chance, a function of seed, epoch and index.
package struct ChangedClips: BatchProvider {
  private let base: SequenceData.ClipBatches
  private let lastFrameOnly: Bool

  package init(
    _ clips: LabeledClips, _ indices: [Int], batchSize: Int, options: ClipTrainingOptions, seed: UInt64,
    lastFrameOnly: Bool = false
  ) throws {
    let labels = indices.map { clips.labels[$0] }
    let weights =
      options.weights == .balanced
      ? try ClassWeights(balancing: labels, classes: clips.classNames.count).weights(of: labels) : nil
    base = try SequenceData.ClipBatches(
      clips, indices, batchSize: batchSize, weights: weights, augmentation: options.augmentation, seed: seed)
    self.lastFrameOnly = lastFrameOnly
  }

  package var batchesPerEpoch: Int { base.batchesPerEpoch }

  package func batch(epoch: Int, index: Int) throws -> TrainingBatch {
    let batch = try base.batch(epoch: epoch, index: index)
    let frames = batch.input.shape[1]
    return TrainingBatch(
      lastFrameOnly ? Movement.slice(batch.input, axis: 1, frames - 1..<frames) : batch.input,
      batch.sparseLabels)
  }
}
