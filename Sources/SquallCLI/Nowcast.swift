import ArgumentParser
import Foundation
import Readers
import Tasks

/// `squall nowcast`: the next frames of rain without a model.
struct NowcastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nowcast",
    abstract: "Forecast rain without training: extrapolation or S-PROG.",
    discussion: """
      Extrapolation moves the last frame along the motion of the last frames. S-PROG (Seed 2003) also lets each scale of
      the rain fade as fast as it did there: showers are smoothed away before large areas, and errors are smaller. Both
      are what a trained model has to beat; squall compare and squall evaluate score them as baselines.

        squall nowcast KNMI --output next.nc --output next.gif
        squall nowcast KNMI --method extrapolation --forecast-frames 24 --output next.npy
        squall nowcast KNMI --at 2010-08-26T06:00 --series rain.csv --points "De Bilt=52.10/5.18" --hourly

      The ending of --output chooses the format, as squall forecast has it: .npy, .nc, .png, .gif or .mp4. What moves in
      from beyond the domain counts as dry.
      """)

  /// How rain is forecast.
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case extrapolation
    case sprog = "s-prog"

    var baseline: BaselineForecast { self == .sprog ? .sprog : .lagrangian }
  }

  @OptionGroup var data: DataArguments
  @Option(help: "How: \(Method.allCases.map(\.rawValue).joined(separator: ", ")).")
  var method: Method = .sprog
  @Option(help: "Frames that motion and fading are found in: 3, or 2 where there are no more.")
  var inputFrames = 3
  @Option(help: "Frames to forecast, a frame's step apart.")
  var forecastFrames = 12
  @Option(help: "Pixels averaged into one along each axis before.")
  var downsampling = 1
  @Flag(help: "Stay on the averaged grid of --downsampling, instead of the grid of the data.")
  var modelGrid = false
  @OptionGroup var delivery: DeliveryArguments
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (2...3).contains(inputFrames) else {
      throw ValidationError("--input-frames: expected 2 or 3, received \(inputFrames).")
    }
    for (name, value) in [("forecast-frames", forecastFrames), ("downsampling", downsampling)] {
      guard value >= 1 else {
        throw ValidationError("--\(name): expected a number of at least 1, received \(value).")
      }
    }
    guard data.extra.isEmpty else {
      throw ValidationError("--extra: expected to be left out: a nowcast reads rain alone.")
    }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Stopped.") {
      try reportingErrors {
        let events = try data.events(for: "a nowcast")
        try delivery.deliver(from: events, inputFrames: inputFrames) { number, reference in
          try method.baseline.forecast(
            from: events.sources[number], inputFrames: inputFrames, leads: forecastFrames,
            downsampling: downsampling, at: reference, policy: delivery.lateFrame, onModelGrid: modelGrid)
        }
      }
    }
  }
}
