import Layers
import TensorCore

/// The encoder–forecaster of Shi et al. (2015) around any convolutional recurrence.
///
/// Two recurrent layers read the observed frames, two more start from their states and write the forecast; a
/// convolution sees the states of both. Frames enter as patches. So that patches do not show in the forecast, its
/// pixels come from maps that are made larger by interpolation and convolutions in turn (Odena et al. 2016), not from a
/// vector a patch. Any height and width that the patches divide will do.
public protocol EncoderForecaster: ForecastContender {
  associatedtype Recurrence: RecurrentLayer

  /// Side of the patches that become channels; `nil` for 4, or 2 on frames of less than 64 pixels.
  var patchSize: Int? { get set }
  /// Kernel size inside the recurrence.
  var kernelSize: Int { get }

  /// A recurrent layer that returns all its outputs. The first tensor of its state is its last output.
  func recurrence(filters: Int, returnState: Bool) -> Recurrence
}

extension EncoderForecaster {
  public var decodings: [ForecastDecoding] { [.recurrent, .direct, .autoregressive] }

  public func settled(for signature: ForecastSignature) -> Self {
    var settled = self
    settled.patchSize = patchSize(signature)
    return settled
  }

  func patchSize(_ signature: ForecastSignature) -> Int {
    patchSize ?? signature.usualPatchSize
  }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    let patchSize = patchSize(signature)
    try signature.requireMultiples(of: patchSize, contender: self, hint: "\(name):patch=2")
    let reading = recurrence(filters: width, returnState: true)
    let writing = recurrence(filters: width, returnState: false)
    let patches = try SpaceToDepth(size: patchSize)(frames, name: "patches")
    let lower = try reading([patches], name: "encoder_1")
    let upper = try reading([lower[0]], name: "encoder_2")
    let start =
      try guidance.map { try SpaceToDepth(size: patchSize)($0, name: signature.guidanceName + "patches") }
      ?? RepeatLast(signature.forecastFrames)(patches, name: "last_frame")

    let states: SymbolicTensor
    switch signature.decoding ?? .recurrent {
    case .recurrent, .autoregressive:
      let first = try writing([start] + lower.dropFirst(), name: "forecaster_1")[0]
      let second = try writing([first] + upper.dropFirst(), name: "forecaster_2")[0]
      states = try Concatenate()([first, second, start], name: "states")[0]
    case .direct:
      let last = try Concatenate()([lower[1], upper[1]], name: "last_states")[0]
      states = try Concatenate()(
        [try eachLead(of: last, signature, patchSize: patchSize, width: width), start], name: "states")[0]
    }
    let factors = enlargements(toPatchesOf: patchSize)
    var maps = try states.enlarged(
      by: 1, filters: filters(before: factors.count), activation: .relu, name: "head")
    for (stage, factor) in factors.enumerated() {
      maps = try maps.enlarged(
        by: factor, filters: filters(before: factors.count - stage - 1), activation: .relu,
        name: "pixels_\(stage + 1)")
    }
    return try maps.enlarged(by: 1, filters: 1, name: signature.headName)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    let patchSize = patchSize(signature)
    return signature.decoding != .direct
      ? "encoder and forecaster of two \(displayName) layers each, \(width) filters, kernel \(kernelSize), on "
        + "patches of \(patchSize) × \(patchSize)"
      : "two \(displayName) layers of \(width) filters, kernel \(kernelSize), on patches of "
        + "\(patchSize) × \(patchSize), all frames at once by a convolution each"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] {
    [
      LayerProbe(
        layer: "encoder_1", output: 1, text: "state of the first \(displayName)", takesLastFrame: false),
      LayerProbe(
        layer: "encoder_2", output: 1, text: "state of the second \(displayName)", takesLastFrame: false),
    ]
  }

  /// Filters of a convolution after which maps are enlarged so many times: 4 for pixels, and more where one vector
  /// stands for several.
  private func filters(before enlargements: Int) -> Int { 4 << min(enlargements, 4) }

  /// Maps for each lead time, `[batch, forecastFrames, …]`, each by a convolution of its own over the last states.
  private func eachLead(
    of states: SymbolicTensor, _ signature: ForecastSignature, patchSize: Int, width: Int
  ) throws -> SymbolicTensor {
    let (rows, columns) = (signature.height / patchSize, signature.width / patchSize)
    let maps = try (1...signature.forecastFrames).map { lead in
      let map = try Conv2D(filters: width, kernelSize: 3, padding: .same, activation: .tanh)(
        states, name: "lead_\(lead)")
      return try Reshape(targetShape: [1, rows, columns, width])(map, name: "lead_\(lead)_frame")
    }
    return maps.count == 1 ? maps[0] : try Concatenate(axis: 1)(maps, name: "leads")[0]
  }
}
