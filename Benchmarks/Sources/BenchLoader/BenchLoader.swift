import Foundation
import Squall
import SquallData

/// Times batches of radar tiles by themselves, and beside the training step of a ConvLSTM2D: straight from the files,
/// from memory, and from the memory-mapped cache, with and without reading ahead.
///
///     swift run -c release --package-path Benchmarks BenchLoader KNMI-FOLDER [batches] [downsampling]
@main
struct BenchLoader {
  static let batchSize = 8
  static let tile = 64

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else {
      print("expected a folder of KNMI radar files")
      return
    }
    let folder = URL(filePath: arguments[1])
    let batches = arguments.count > 2 ? Int(arguments[2]) ?? 20 : 20
    let factor = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
    let cacheFolder = FileManager.default.temporaryDirectory.appending(path: "squall-bench-cache")
    defer { try? FileManager.default.removeItem(at: cacheFolder) }

    let knmi = try FrameFolder.knmi(folder)
    let files: any FrameSource = factor > 1 ? try DownsampledSource(knmi, factor: factor) : knmi
    let frames = 0..<min(44, files.count)
    let normalizer = try LogRainNormalizer(fittedOn: files, frames: frames)
    let windows = try WindowIndex(of: files, frames: frames, inputFrames: 6, forecastFrames: 12)
    func loader(_ source: any FrameSource) throws -> RandomTileBatches {
      try RandomTileBatches(
        builder: BatchBuilder(source: source, normalizer: normalizer), windows: windows,
        sampler: TileSampler(size: tile, seed: 1), batchSize: batchSize, batchesPerEpoch: batches)
    }
    print(
      "\(files.count) frames of \(files.shape), batches of \(batchSize) windows of 6 + 12, tiles of \(tile)")

    try report("files", loader(files), count: min(batches, 5))
    let memory = try loader(CachedSource(files, maximumBytes: 2 << 30))
    try report("memory, first time", memory, count: batches)
    try report("memory", memory, count: batches)
    let key = try CacheKey(files: [folder], options: ["downsampling": factor])
    let cache = try MappedCache(files, key: key, in: cacheFolder)
    let mapped = try loader(cache)
    try report("mapped cache, first time", mapped, count: batches)
    let start = ContinuousClock.now
    try cache.fill()
    print("the rest of the cache: \(seconds(since: start)) s")
    try report("mapped cache", mapped, count: batches)

    let signature = ForecastSignature(
      inputFrames: 6, forecastFrames: 12, height: tile, width: tile)
    let contender = try Contenders.forecaster("convlstm2d:patch=4")
    let width = try BudgetMatcher.width(of: contender, signature, parameters: 300_000)
    let model = try signature.model(contender, width: width, initialization: .seed(1))
    let fixed = try mapped.batch(epoch: 0, index: 0)
    try await train(model, "step alone", batches) { _, _ in fixed }
    try await train(model, "step and files", min(batches, 8), loader(files))
    try await train(model, "step and mapped cache", batches, mapped)
    try await train(model, "step and mapped cache, ahead", batches, PrefetchedBatches(mapped))
    try await train(model, "step and files, ahead", min(batches, 8), PrefetchedBatches(loader(files)))
  }

  static func report(_ name: String, _ source: some BatchSource, count: Int) throws {
    let start = ContinuousClock.now
    for index in 0..<count { _ = try source.batch(epoch: 0, index: index) }
    let time = seconds(since: start)
    print("\(name): \(rounded(Double(count) / time)) batches/s")
  }

  static func train(
    _ model: ModelGraph, _ name: String, _ steps: Int, _ source: some BatchSource
  ) async throws {
    try await train(model, name, steps) { try source.batch(epoch: $0, index: $1) }
  }

  static func train(
    _ model: ModelGraph, _ name: String, _ steps: Int,
    _ batch: @escaping @Sendable (Int, Int) throws -> SequenceBatch
  ) async throws {
    let provider = Provider(batchesPerEpoch: steps + 1, make: batch)
    var trainer = Trainer(
      model, optimizer: try Optimizer(Adam()),
      plan: TrainingPlan(loss: .meanSquaredError, epochs: 1, maximumSteps: 1))
    // The first step makes primitives and memory.
    _ = try await trainer.fit(on: provider)
    trainer.plan.maximumSteps = steps + 1
    let start = ContinuousClock.now
    _ = try await trainer.fit(on: provider)
    print("\(name): \(rounded(Double(steps) / seconds(since: start))) steps/s")
  }

  struct Provider: BatchProvider {
    let batchesPerEpoch: Int
    let make: @Sendable (Int, Int) throws -> SequenceBatch

    func batch(epoch: Int, index: Int) throws -> TrainingBatch {
      let batch = try make(epoch, index)
      return TrainingBatch(batch.input, batch.target, mask: batch.targetMask)
    }
  }

  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }

  static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
