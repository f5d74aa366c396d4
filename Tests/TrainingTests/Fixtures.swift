import Autodiff
import Foundation
import Layers
import Synchronization
import TensorCore
import Testing
import Training

/// A small graph in which everything that resume must keep has a part: dropout, batch statistics, weights.
func smallModel(seed: UInt64 = 1) throws -> ModelGraph {
  try Sequential(input: [nil, 6], seed: seed) {
    Dense(units: 5, activation: .tanh)
    BatchNormalization()
    Dropout(rate: 0.25)
    Dense(units: 2)
  }
}

/// Noisy linear data, `[samples, 6]` to `[samples, 2]`, of which some targets are missing.
func smallData(samples: Int, seed: UInt64 = 3) -> TrainingBatch {
  var random = RandomStream(seed: seed)
  let x = random.normal(shape: [samples, 6])
  var weights = RandomStream(seed: 99)
  let y = x.matrixProduct(with: weights.normal(shape: [6, 2])) + random.normal(shape: [samples, 2]) * 0.1
  let mask = Tensor((0..<samples * 2).map { $0 % 7 == 3 ? 0 : 1 }, shape: [samples, 2])
  return TrainingBatch(x, y.detached, mask: mask)
}

func smallBatches(_ samples: Int = 22, seed: UInt64 = 3) throws -> TensorBatches {
  try TensorBatches(smallData(samples: samples, seed: seed), batchSize: 4, shuffledBySeed: 5)
}

/// Batches made by a closure.
struct ClosureBatches: BatchProvider {
  let batchesPerEpoch: Int
  let make: @Sendable (_ epoch: Int, _ index: Int) throws -> TrainingBatch

  func batch(epoch: Int, index: Int) throws -> TrainingBatch { try make(epoch, index) }
}

/// Keeps the loss of every step, and may do something after each.
final class Recorder: TrainingProgress {
  private let recorded = Mutex<[StepReport]>([])
  private let judged = Mutex<[Double]>([])
  private let afterStep: @Sendable (StepReport) -> Void

  init(afterStep: @escaping @Sendable (StepReport) -> Void = { _ in }) { self.afterStep = afterStep }

  var reports: [StepReport] { recorded.withLock { $0 } }
  var untrained: [Double] { judged.withLock { $0 } }
  func untrainedJudged(_ loss: Double) { judged.withLock { $0.append(loss) } }
  var losses: [Double] { reports.compactMap(\.batchLoss) }

  func stepEnded(_ report: StepReport) {
    recorded.withLock { $0.append(report) }
    afterStep(report)
  }
}

/// A folder that is gone after the test.
func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// Whether two models have the same parameters, bit by bit.
func sameBits(_ a: some Parameterized, _ b: some Parameterized) -> Bool {
  let (a, b) = (a.parameters, b.parameters)
  return a.count == b.count
    && zip(a, b).allSatisfy { x, y in
      x.name == y.name && x.parameter.isTrainable == y.parameter.isTrainable
        && x.parameter.value.shape == y.parameter.value.shape
        && zip(x.parameter.value.values, y.parameter.value.values).allSatisfy {
          $0.bitPattern == $1.bitPattern
        }
    }
}

extension History {
  /// Everything but the times, which differ from run to run.
  var withoutTimes: History {
    var copy = self
    for i in copy.epochs.indices { copy.epochs[i].seconds = 0 }
    return copy
  }
}
