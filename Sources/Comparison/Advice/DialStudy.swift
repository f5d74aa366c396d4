import Contenders
import Foundation
import Layers
import Readers
import Synthesis
import Tasks
import TensorCore
import Training

/// Trains contenders at equal parameters on one point of the interaction dial and measures them against
/// the best linear forecast: one row of ``MeasuredDial``.
package struct DialStudy: Sendable {
  package struct Options: Codable, Hashable, Sendable {
    package var inputFrames = 6
    package var forecastFrames = 4
    package var size = 24
    package var parameters = 100_000
    package var trainingSequences = 800
    package var validationSequences = 100
    package var testSequences = 200
    package var batchSize = 16
    package var epochs = 12
    package var learningRate = 2e-3

    package init() {}

    /// In a line, for reports.
    package var setting: String {
      "\(inputFrames) frames of \(size) × \(size) in and \(forecastFrames) out, \(trainingSequences) training "
        + "sequences, about \(parameters) parameters, at most \(epochs) epochs"
    }
  }

  package var options: Options

  package init(_ options: Options = Options()) { self.options = options }

  /// One θ and seed.
  ///
  /// - Throws: What data, models and training throw; `CancellationError`.
  package func run(theta: Double, seed: UInt64) async throws -> MeasuredDial.Run {
    var dialOptions = InteractionDial.Options()
    dialOptions.theta = theta
    dialOptions.frames = options.inputFrames + options.forecastFrames
    dialOptions.height = options.size
    dialOptions.width = options.size
    dialOptions.largestScale = Double(options.size) / 2
    let parts = [options.trainingSequences, options.validationSequences, options.testSequences]
    dialOptions.samples = parts.reduce(0, +)
    let dial = try InteractionDial(dialOptions, seed: seed)
    let events = dial.events()
    let training = try samples(events[..<parts[0]])
    let validation = try samples(events[parts[0]..<parts[0] + parts[1]])
    let testEvents = Array(events[(parts[0] + parts[1])...])
    let test = try samples(testEvents[...])

    let signature = ForecastSignature(
      inputFrames: options.inputFrames, forecastFrames: options.forecastFrames, height: options.size,
      width: options.size)
    let contenders = try Contenders.standard.map { ($0, try Contenders.forecaster($0)) }
    var errors: [Double] = []
    let sizes = try BudgetMatcher.match(contenders, signature, parameters: options.parameters)
    for ((_, contender), size) in zip(contenders, sizes) {
      let model = try signature.model(contender, width: size.width, initialization: .seed(seed))
      let plan = TrainingPlan(
        loss: .meanSquaredError, epochs: options.epochs,
        schedule: .reduceOnPlateau(.init(factor: 0.5, patience: 2)),
        earlyStopping: EarlyStopping(patience: 4), seed: seed)
      let optimizer = try TrainingSettings.optimizer(learningRate: options.learningRate)
      var trainer = Trainer(model, optimizer: optimizer, plan: plan)
      let result = try await trainer.fit(
        on: TensorBatches(training, batchSize: options.batchSize, shuffledBySeed: seed),
        validation: TensorBatches(validation, batchSize: options.batchSize))
      errors.append(try error(of: result.best, on: test))
    }
    let advice = try DataAdvice(on: testEvents, name: "", study: nil)
    let optimum = try WienerForecast(
      dial, inputFrames: options.inputFrames, forecastFrames: options.forecastFrames
    ).errors(places: 4).map { $0.window ?? $0.wholeField }
    return MeasuredDial.Run(
      theta: theta, seed: seed, index: advice.measurement.index.value ?? 0,
      errors: errors,
      persistence: persistenceError(test), optimum: optimum.reduce(0, +) / Double(optimum.count))
  }

  /// Observed frames and what follows, `[batch, time, height, width, 1]`.
  private func samples(_ events: ArraySlice<any FrameSource>) throws -> TrainingBatch {
    var (input, target) = ([Float](), [Float]())
    for event in events {
      for index in 0..<event.count {
        let values = try event.frame(at: index).values
        if index < options.inputFrames { input += values } else { target += values }
      }
    }
    func tensor(_ values: [Float], _ frames: Int) -> Tensor {
      Tensor(values, shape: [events.count, frames, options.size, options.size, 1])
    }
    return TrainingBatch(tensor(input, options.inputFrames), tensor(target, options.forecastFrames))
  }

  private func error(of model: ModelGraph, on test: TrainingBatch) throws -> Double {
    var (sum, count) = (0.0, 0)
    for start in stride(from: 0, to: test.count, by: options.batchSize) {
      let range = start..<min(start + options.batchSize, test.count)
      let forecast = try model(Movement.slice(test.inputs[0], axis: 0, range)).values
      let truth = Movement.slice(test.target, axis: 0, range).values
      for (a, b) in zip(forecast, truth) { sum += Double((a - b) * (a - b)) }
      count += truth.count
    }
    return sum / Double(count)
  }

  private func persistenceError(_ test: TrainingBatch) -> Double {
    let size = options.size * options.size
    let (input, target) = (test.inputs[0].values, test.target.values)
    var sum = 0.0
    for index in target.indices {
      let sample = index / (options.forecastFrames * size)
      let last = (sample * options.inputFrames + options.inputFrames - 1) * size + index % size
      sum += Double((target[index] - input[last]) * (target[index] - input[last]))
    }
    return sum / Double(target.count)
  }
}
