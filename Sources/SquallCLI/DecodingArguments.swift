import ArgumentParser
import Contenders
import Training

/// How forecasters get several frames, in training and after it.
struct DecodingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How forecasters get several frames: "
        + ForecastDecoding.allCases.map(\.rawValue).joined(separator: ", ")
        + ". With autoregressive each step reads the frame before: the true one in training, its own one in use."
    ))
  var decoding: ForecastDecoding?
  @Option(
    help: ArgumentHelp(
      "Autoregressive: how training goes over from true frames to own ones (scheduled sampling): "
        + SamplingDecay.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var sampling: SamplingDecay = .none
  @Option(help: "The steps that it takes for that; half of the training's by default.")
  var samplingSteps: Int?

  func validate() throws {
    guard sampling == .none || decoding == .autoregressive else {
      throw ValidationError("--sampling: expected together with --decoding autoregressive.")
    }
    guard let samplingSteps else { return }
    guard samplingSteps >= 1 else {
      throw ValidationError("--sampling-steps: expected a number of at least 1, received \(samplingSteps).")
    }
    guard sampling != .none else {
      throw ValidationError("--sampling-steps: expected together with --sampling.")
    }
  }

  /// The schedule for a training of so many steps.
  func schedule(steps: Int) -> ScheduledSampling {
    ScheduledSampling(sampling, steps: samplingSteps ?? max(1, steps / 2))
  }
}

extension ForecastDecoding: ExpressibleByArgument {}
extension SamplingDecay: ExpressibleByArgument {}
