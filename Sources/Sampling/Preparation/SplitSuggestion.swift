/// What fits where a sequence is too short for the split that was asked for: shorter windows, another share, or no test.
struct SplitSuggestion {
  let frames: Int
  let layout: SequenceLayout
  let holdsOutTiles: Bool

  /// The remedy of an error, with options that exist and numbers that fit.
  var text: String {
    var ways: [String] = []
    if let fraction { ways.append("--train-fraction \(fraction) with these windows") }
    if let windows { ways.append("--input-frames \(windows.input) --forecast-frames \(windows.forecast)") }
    if fits(fraction: 1, layout.inputFrames, layout.forecastFrames) {
      ways.append("--train-fraction 1 to train on everything without a test (squall train)")
    }
    ways.append("a longer sequence, or several events")
    return "Use " + ways.joined(separator: ", or ") + "."
  }

  private func fits(fraction: Double, _ input: Int, _ forecast: Int) -> Bool {
    let window = input + forecast
    if fraction == 1 { return frames - (holdsOutTiles ? 0 : max(window, frames / 5)) >= window }
    let gap = max(layout.gapFrames ?? forecast, forecast)
    let train = Int((fraction * Double(frames)).rounded(.down))
    let held = holdsOutTiles ? 0 : max(window, Int((layout.validationShare * Double(train)).rounded(.down)))
    return train - held >= window && frames - train - gap >= window
  }

  /// A share for training and validation that fits the windows as they are.
  private var fraction: Double? {
    [0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65, 0.3, 0.7, 0.75, 0.8].first {
      fits(fraction: $0, layout.inputFrames, layout.forecastFrames)
    }
  }

  /// The longest windows of about the same proportion that fit.
  private var windows: (input: Int, forecast: Int)? {
    let fraction = layout.trainFraction.flatMap { $0 < 1 ? $0 : nil } ?? 0.48
    return stride(from: layout.forecastFrames - 1, through: 1, by: -1).lazy.map { forecast in
      let share = Double(forecast) / Double(layout.forecastFrames)
      return (
        max(1, min(layout.inputFrames, Int((share * Double(layout.inputFrames)).rounded(.up)))), forecast
      )
    }.first { fits(fraction: fraction, $0.0, $0.1) }
  }
}
