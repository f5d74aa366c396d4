import TensorCore
import Training

/// How much each lead time counts in the loss of a forecaster.
public enum LeadWeighting: String, CaseIterable, Codable, Sendable {
  /// All alike. Errors grow with the lead, so the last ones decide.
  case equal
  /// Each by the inverse of what the background (the last frame, or motion-extrapolated frames) errs there, so that every
  /// lead has the same share in what can be gained on it.
  case skill
}

/// Weights of lead times by the errors of the background on training batches.
enum LeadWeights {
  /// How many batches the errors are the mean of.
  private static let batches = 8

  /// One weight for each lead, 1 in the mean; `nil` where the background errs nowhere.
  ///
  /// - Parameters:
  ///   - training: Batches without weights.
  ///   - loss: What is minimised.
  ///   - leads: How many frames are forecast.
  /// - Throws: What making batches throws.
  static func measured(on training: any BatchProvider, loss: Loss, leads: Int) throws -> [Float]? {
    var sums = [Double](repeating: 0, count: leads)
    var counts = sums
    for index in 0..<min(batches, training.batchesPerEpoch) {
      let batch = try training.batch(epoch: 0, index: index)
      for lead in sums.indices {
        func frame(_ fields: Tensor) -> Tensor { Movement.slice(fields, axis: 1, lead..<lead + 1) }
        do {
          let measure = try loss.measured(
            prediction: background(batch, lead), target: frame(batch.target), mask: batch.mask.map(frame))
          sums[lead] += Double(measure.value.scalar) * Double(measure.validCount)
          counts[lead] += Double(measure.validCount)
        } catch let error as LossError where error.kind == .nothingValid {
          continue
        }
      }
    }
    return weights(of: zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil })
  }

  /// Inverses of errors, 1 in the mean. An error below a hundredth of the largest one counts as that much, and a lead
  /// of which nothing is known as the largest.
  private static func weights(of errors: [Double?]) -> [Float]? {
    guard let largest = errors.compactMap({ $0 }).max(), largest > 0 else { return nil }
    let inverses = errors.map { 1 / max($0 ?? largest, largest / 100) }
    let mean = inverses.reduce(0, +) / Double(inverses.count)
    return inverses.map { Float($0 / mean) }
  }

  /// `[batch, leads, height, width, channels]` filled with the weights of the leads.
  static func spread(_ weights: [Float], over shape: Shape) -> Tensor {
    let each = shape.count / (shape[0] * shape[1])
    return Tensor(shape: shape) { out in
      for frame in 0..<shape[0] * shape[1] {
        for i in 0..<each { out.initializeElement(at: frame * each + i, to: weights[frame % weights.count]) }
      }
    }
  }

  /// What a forecast is at a lead without anything learned, `[batch, 1, height, width, 1]`.
  private static func background(_ batch: TrainingBatch, _ lead: Int) -> Tensor {
    if batch.inputs.count > 1 { return Movement.slice(batch.inputs[1], axis: 1, lead..<lead + 1) }
    let last = batch.inputs[0].shape[1] - 1
    return Movement.slice(
      Movement.slice(batch.inputs[0], axis: 1, last..<last + 1), axis: -1, 0..<1)
  }
}
