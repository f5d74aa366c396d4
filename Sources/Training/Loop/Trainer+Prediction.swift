import Autodiff
import Layers
import TensorCore

/// What a training will take, from steps that were tried.
public struct TrainingPrediction: Equatable, Sendable {
  /// The most memory at once in bytes, that of the process now included.
  public let peakBytes: Int
  public let secondsPerStep: Double
  /// If no epoch is spared by early stopping or a limit.
  public let seconds: Double

  public init(peakBytes: Int, secondsPerStep: Double, seconds: Double) {
    self.peakBytes = peakBytes
    self.secondsPerStep = secondsPerStep
    self.seconds = seconds
  }
}

extension Trainer {
  /// Predicts memory and time, and refuses what cannot fit. The trainer itself stays as it is.
  ///
  /// Memory grows in a straight line with the number of samples in a step. One step on one sample and one on two give
  /// the line; only if the whole batch fits is it tried, for the time. A quarter is added for memory that the
  /// allocator rounds up and the scratch space of kernels.
  ///
  /// - Parameters:
  ///   - training: The batches; the first one is tried.
  ///   - validation: Its batches count as a third of a step each.
  ///   - available: Bytes that may be taken; what the system tells by default.
  /// - Throws: `TrainingError` of kind `tooLarge` that says how many samples a step would fit; what a step throws.
  public func prediction(
    on training: any BatchProvider, validation: (any BatchProvider)? = nil,
    available: Int? = AvailableMemory.bytes
  ) throws -> TrainingPrediction {
    let occupied = AvailableMemory.occupied ?? Allocator.statistics.bytesFromSystem
    // Weights, gradients, two moments and the best weights; and if it is a graph, every layer's output once.
    let values = model.parameterCount
    let outputs = (model as? ModelGraph)?.outputsPerSample ?? 0
    try check(needed: 20 * values + 4 * outputs, available, batch: 1, perSample: 4 * outputs)
    let batch = try training.batch(epoch: state.epoch, index: state.batch)
    let count = batch.count
    var peak = 0
    if count > 2 {
      let one = try tried(batch.first(1)).bytes
      let two = try tried(batch.first(2)).bytes
      let perSample = max(0, two - one) * 5 / 4
      let fixed = max(0, one * 5 / 4 - perSample)
      peak = fixed + count * perSample
      try check(needed: peak, available, batch: count, perSample: perSample, fixed: fixed)
    }
    var step = try tried(batch)
    if step.seconds < 3 { step = try tried(batch) }
    peak = max(peak, step.bytes * 5 / 4)
    // Small samples fit into one class of sizes, where one and two of them take the same.
    try check(needed: peak, available, batch: count, perSample: max(1, peak / max(count, 1)))
    let steps = max(0, (plan.epochs - state.epoch) * training.batchesPerEpoch - state.batch)
    let validations = Double(max(0, plan.epochs - state.epoch) * (validation?.batchesPerEpoch ?? 0))
    return TrainingPrediction(
      peakBytes: occupied + peak, secondsPerStep: step.seconds,
      seconds: step.seconds * (Double(steps) + validations / 3))
  }

  /// A step on a copy.
  private func tried(_ batch: TrainingBatch) throws -> (bytes: Int, seconds: Double) {
    var copy = self
    let before = Allocator.statistics.bytesInUse
    Allocator.resetPeak()
    let start = ContinuousClock.now
    _ = try copy.step(on: OneBatch(value: batch))
    return (
      max(0, Allocator.statistics.peakBytesInUse - before), (ContinuousClock.now - start).inSeconds
    )
  }

  private func check(needed: Int, _ available: Int?, batch: Int, perSample: Int, fixed: Int = 0) throws {
    guard let available, needed > available else { return }
    func gigabytes(_ bytes: Int) -> String {
      let tenths = Int((Double(bytes) / 107_374_182.4).rounded())
      return "\(tenths / 10).\(tenths % 10) GiB"
    }
    let fitting = perSample > 0 ? (available - fixed) / perSample : 0
    let advice =
      batch > 1 && fitting >= 1
      ? "Take at most \(fitting) samples a step (now \(batch)), smaller tiles or fewer parameters."
      : "Take smaller tiles, shorter sequences or fewer parameters."
    throw TrainingError(
      kind: .tooLarge, epoch: state.epoch + 1, step: state.step + 1,
      expected: "a training that fits into \(gigabytes(available)) of free memory",
      found: "one that needs about \(gigabytes(needed))", remedy: advice)
  }
}

/// One batch, whenever it is asked for.
private struct OneBatch: BatchProvider {
  let value: TrainingBatch
  var batchesPerEpoch: Int { 1 }
  func batch(epoch: Int, index: Int) -> TrainingBatch { value }
}

extension TrainingBatch {
  /// The first samples.
  fileprivate func first(_ count: Int) -> TrainingBatch {
    map { Movement.slice($0, axis: 0, 0..<count) }
  }
}

extension ModelGraph {
  /// Values that all layers give for one sample, as far as shapes are known.
  fileprivate var outputsPerSample: Int {
    nodes.reduce(0) { sum, node in
      sum + node.outputShapes.reduce(0) { $0 + ($1.sample?.count ?? 0) }
    }
  }
}
