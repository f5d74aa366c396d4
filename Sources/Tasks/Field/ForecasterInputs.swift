import Contenders
import Layers
import TensorCore

/// What a forecaster may take: observed frames, and perhaps motion-extrapolated and previous ones.
enum ForecasterInputs {
  /// Refuses a model whose inputs or output are not those of a forecaster.
  ///
  /// - Throws: `ForecastingError` that names each input that does not fit and what is wrong with it.
  static func check(_ model: ModelGraph, _ notes: ForecastNotes) throws {
    let observed = "[batch, \(notes.inputFrames), height, width, channels]"
    let ahead = "[batch, \(notes.forecastFrames), height, width, 1]"
    var faults: [String] = []
    func fits(_ shape: SymbolicShape, frames: Int, channels: Int?) -> Bool {
      shape.rank == 5 && (shape[1] ?? frames) == frames && (channels == nil || shape[4] == channels)
    }
    if model.inputs.isEmpty { faults.append("no input") }
    for (place, input) in model.inputs.enumerated() {
      switch (place, input.name) {
      case (0, _):
        if !fits(input.shape, frames: notes.inputFrames, channels: nil) {
          faults.append("the input \(input.name) \(input.shape) instead of \(observed)")
        }
      case (_, ForecastSignature.advectedInput), (_, AutoregressiveDecoding.previousInput):
        let isPrevious = input.name == AutoregressiveDecoding.previousInput
        if !fits(input.shape, frames: notes.forecastFrames, channels: 1) {
          faults.append("the input \(input.name) \(input.shape) instead of \(ahead)")
        } else if model.inputs[1..<place].contains(where: { $0.name == input.name }) {
          faults.append("the input \(input.name) twice")
        } else if isPrevious, place != model.inputs.count - 1 {
          faults.append("the input \(input.name) before others instead of last")
        } else if !isPrevious, notes.inputFrames < 2 {
          faults.append("the input \(input.name), which two observed frames or more are needed for")
        }
      default: faults.append("the input \(input.name) \(input.shape), which nothing is known to be put into")
      }
    }
    let output = model.outputShapes.first
    if !(output.map { fits($0, frames: notes.forecastFrames, channels: nil) } ?? false) {
      faults.append("the output \(output.map { "\($0)" } ?? "none") instead of \(ahead)")
    }
    guard !faults.isEmpty else { return }
    throw ForecastingError(
      .unusableModel, in: "model",
      expected: "an input \(observed), perhaps others \(ForecastSignature.advectedInput) and "
        + "\(AutoregressiveDecoding.previousInput) \(ahead), and an output \(ahead)",
      received: faults.joined(separator: "; "),
      remedy: "Use a model.squall that squall train or squall compare wrote.")
  }
}
