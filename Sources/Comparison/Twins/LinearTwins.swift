import Foundation
import Motion
import Readers
import Verification

/// What two linear models forecast of data, one in the manner of each family: the errors of both on held-out windows, and
/// of forecasts without training, as shares of the variance. Fitted in seconds.
///
/// - ``ConvolutionalAutoregression``, the twin of ConvLSTM2D: local, the same law everywhere.
/// - ``ComponentRegression``, the twin of Conv2D + LSTM: global, a law for each place, low in rank.
package struct LinearTwins: Codable, Hashable, Sendable {
  /// Frames observed.
  package var past: Int
  /// Frames ahead.
  package var leads: [Int]
  /// Errors by lead, 0 certain, 1 no better than the mean.
  package var local: [Double]
  package var global: [Double]
  package var persistence: [Double]
  /// The last frame, moved on along the motion of the frames before it.
  package var extrapolation: [Double]
  /// log(global / local) of the mean errors, with its interval over blocks: above zero the local law is better.
  package var advantage: Double
  package var advantageInterval: ScoreInterval?
  /// How far structures move in pixels a frame, the median over the windows, by optical flow; nil where nothing moves.
  package var speed: Double?
  /// Pixels that the stencil of one frame ahead reaches.
  package var radius: Int
  /// Components that were chosen.
  package var rank: Int
  /// Windows that both were fitted on.
  package var windows: Int
  /// Held-out windows, and blocks of them.
  package var heldWindows: Int
  package var blocks: Int

  /// The twins of data, for forecasts of so many frames.
  ///
  /// - Returns: nil where the data are too short for three parts.
  /// - Throws: `DataError` for data that cannot be read; `MotionError`.
  package init?(of sources: [any FrameSource], inputFrames: Int, forecastFrames: Int) throws {
    var sampling = InteractionSampling()
    (sampling.stretch, sampling.mostStretches, sampling.mostFrames) = (96, 9000, 8000)
    let samples = try sampling.samples(of: sources)
    let leads = Set([1, (forecastFrames + 1) / 2, forecastFrames]).sorted()
    try self.init(samples.samples, past: inputFrames, leads: leads)
    speed = speed.map { $0 * Double(samples.factor) }
  }

  /// nil where the data are too short for three parts.
  ///
  /// - Throws: `MotionError`.
  init?(_ samples: [InteractionSampling.Sample], past: Int = 4, leads: [Int] = [1, 2, 4]) throws {
    guard let windows = FieldWindows(samples, past: past, leads: leads) else { return nil }
    let local = ConvolutionalAutoregression(windows)
    let global = ComponentRegression(windows)
    let places = windows.held.spread(200)
    // By block: for each model the errors by lead.
    var sums: [String: [[Double]]] = [:]
    var speeds: [Double] = []
    for place in places {
      let forecasts = [
        local.forecast(place), global.forecast(place),
        leads.map { _ in Array(windows.frame(place, lead: 0)) },
        try windows.extrapolated(place, speeds: &speeds),
      ]
      let block = windows.block(of: place)
      var total = sums[block] ?? forecasts.map { _ in leads.map { _ in 0.0 } }
      for (model, forecast) in forecasts.enumerated() {
        for (index, lead) in leads.enumerated() {
          total[model][index] += windows.error(forecast[index], place, lead: lead)
        }
      }
      sums[block] = total
    }
    func errors(_ model: Int) -> [Double] {
      leads.indices.map { lead in
        sums.values.reduce(0) { $0 + $1[model][lead] } / Double(places.count) / windows.variance
      }
    }
    self.past = past
    self.leads = leads
    self.local = errors(0)
    self.global = errors(1)
    persistence = errors(2)
    extrapolation = errors(3)
    let pairs = sums.sorted { $0.key < $1.key }.map { block in
      (local: block.value[0].reduce(0, +), global: block.value[1].reduce(0, +))
    }
    func ratio(_ blocks: [(local: Double, global: Double)]) -> Double {
      log(max(blocks.reduce(0) { $0 + $1.global }, 1e-12) / max(blocks.reduce(0) { $0 + $1.local }, 1e-12))
    }
    advantage = ratio(pairs)
    if pairs.count >= BlockBootstrap.fewestBlocks {
      let drawn = (0..<500).map { resample in
        var random = SplitMix64(seed: 1, stream: UInt64(resample))
        return ratio(pairs.indices.map { _ in pairs[Int.random(in: 0..<pairs.count, using: &random)] })
      }.sorted()
      advantageInterval = ScoreInterval(lower: drawn[12], upper: drawn[487], confidence: 0.95)
    }
    speeds.sort()
    speed = speeds.isEmpty ? nil : speeds[speeds.count / 2]
    radius = local.choices.map(\.radius).max() ?? 0
    rank = global.rank
    self.windows = windows.fitting.count
    heldWindows = places.count
    blocks = sums.count
  }
}

extension FieldWindows {
  /// The last frame moved on, for each lead; what comes from beyond the edge is the mean.
  ///
  /// - Parameter speeds: Gains the speed of the window in pixels a frame, where something could be followed.
  func extrapolated(_ place: Place, speeds: inout [Double]) throws -> [[Float]] {
    let images = try (0..<min(past, 3)).reversed().map { back in
      try ImageField(height: height, width: width, values: Array(frame(place, lead: -back)))
    }
    var flow = OpticalFlow()
    flow.window = min(flow.window, max(8, min(height, width) / 2))
    let motion = try flow.motion(of: images)
    let all = zip(motion.dx, motion.dy).map { Double(hypot($0, $1)) }.sorted()
    if let last = all.last, last > 0 { speeds.append(all[all.count / 2]) }
    let moved = try SemiLagrangian().extrapolate(
      images[images.count - 1], along: motion, steps: leads.last ?? 1)
    return leads.map { lead in moved[lead - 1].values.map { $0.isFinite ? $0 : 0 } }
  }
}
