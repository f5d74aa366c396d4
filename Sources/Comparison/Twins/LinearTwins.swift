import Foundation
import Motion
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
  /// Pixels that the stencil of one frame ahead reaches.
  package var radius: Int
  /// Components that were chosen.
  package var rank: Int
  /// Windows that both were fitted on.
  package var windows: Int
  /// Held-out windows, and blocks of them.
  package var heldWindows: Int
  package var blocks: Int

  /// nil where the data are too short for three parts.
  ///
  /// - Throws: `MotionError`, `VerificationError`.
  init?(_ samples: [InteractionSampling.Sample], past: Int = 4, leads: [Int] = [1, 2, 4]) throws {
    guard let windows = FieldWindows(samples, past: past, leads: leads) else { return nil }
    let local = ConvolutionalAutoregression(windows)
    let global = ComponentRegression(windows)
    let places = windows.held.spread(200)
    // By block: for each model the errors by lead.
    var sums: [String: [[Double]]] = [:]
    for place in places {
      let forecasts = [
        local.forecast(place), global.forecast(place),
        leads.map { _ in Array(windows.frame(place, lead: 0)) }, try windows.extrapolated(place),
      ]
      let block = windows.blocks[place.field]
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
    advantage = log(self.global.reduce(0, +) / max(self.local.reduce(0, +), 1e-12))
    radius = local.choices.map(\.radius).max() ?? 0
    rank = global.rank
    self.windows = windows.fitting.count
    heldWindows = places.count
    blocks = sums.count
    advantageInterval = nil
  }
}

extension FieldWindows {
  /// The last frame moved on, for each lead; what comes from beyond the edge is the mean.
  func extrapolated(_ place: Place) throws -> [[Float]] {
    let images = try (0..<min(past, 3)).reversed().map { back in
      try ImageField(height: height, width: width, values: Array(frame(place, lead: -back)))
    }
    var flow = OpticalFlow()
    flow.window = min(flow.window, max(8, min(height, width) / 2))
    let motion = try flow.motion(of: images)
    let moved = try SemiLagrangian().extrapolate(
      images[images.count - 1], along: motion, steps: leads.last ?? 1)
    return leads.map { lead in moved[lead - 1].values.map { $0.isFinite ? $0 : 0 } }
  }
}
