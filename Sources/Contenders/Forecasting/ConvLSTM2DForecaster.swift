import Layers
import TensorCore

/// ConvLSTM2D as a forecaster: the encoder–forecaster of Shi et al. (2015).
///
/// Two ConvLSTM layers read the observed frames, two more start from their states and write the forecast; a convolution
/// sees the states of both. Frames enter as patches. A patch's pixels come out of one vector. So that patches do not
/// show in the forecast, the head sees the neighbouring patches too, and a last convolution runs over the pixels.
///
/// The width is the number of filters of each ConvLSTM. Any height and width that the patches divide will do.
public struct ConvLSTM2DForecaster: ForecastContender {
  public static let name = "convlstm2d"
  public static let displayName = "ConvLSTM2D"

  /// Side of the patches that become channels; `nil` for 4, or 2 on frames of less than 64 pixels.
  public var patchSize: Int?
  /// Kernel size inside the ConvLSTM.
  public var kernelSize = 3

  public init(patchSize: Int? = nil, kernelSize: Int = 3) {
    self.patchSize = patchSize
    self.kernelSize = kernelSize
  }

  /// Options `patch` and `kernel`.
  public init(options: inout ContenderOptions) throws {
    patchSize = try options.integer("patch", in: 1...64)
    kernelSize = try options.integer("kernel", in: 1...31) ?? 3
  }

  public var decodings: [ForecastDecoding] { [.recurrent, .direct, .autoregressive] }

  func patchSize(_ signature: ForecastSignature) -> Int {
    patchSize ?? (min(signature.height, signature.width) < 64 ? 2 : 4)
  }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    func convLSTM(returnState: Bool) -> ConvLSTM2D {
      ConvLSTM2D(
        filters: width, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, returnSequences: true,
        returnState: returnState)
    }
    let patchSize = patchSize(signature)
    let patches = try SpaceToDepth(size: patchSize)(frames, name: "patches")
    let lower = try convLSTM(returnState: true)([patches], name: "encoder_1")
    let upper = try convLSTM(returnState: true)([lower[0]], name: "encoder_2")
    let start =
      try guidance.map { try SpaceToDepth(size: patchSize)($0, name: signature.guidanceName + "patches") }
      ?? RepeatLast(signature.forecastFrames)(patches, name: "last_frame")

    let states: SymbolicTensor
    switch signature.decoding ?? .recurrent {
    case .recurrent, .autoregressive:
      let first = try convLSTM(returnState: false)([start, lower[1], lower[2]], name: "forecaster_1")[0]
      let second = try convLSTM(returnState: false)([first, upper[1], upper[2]], name: "forecaster_2")[0]
      states = try Concatenate()([first, second, start], name: "states")[0]
    case .direct:
      let last = try Concatenate()([lower[1], upper[1]], name: "last_states")[0]
      states = try Concatenate()(
        [try eachLead(of: last, signature, patchSize: patchSize, width: width), start], name: "states")[0]
    }
    let features = Conv2D(
      filters: patchSize * patchSize * Self.pixelFeatures, kernelSize: 3, padding: .same, activation: .relu)
    let blocks = try TimeDistributed(features)(states, name: "head")
    let pixels = try DepthToSpace(size: patchSize)(blocks, name: "pixels")
    let smooth = Conv2D(filters: 1, kernelSize: 3, padding: .same)
    return try TimeDistributed(smooth)(pixels, name: signature.headName)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    let patchSize = patchSize(signature)
    return signature.decoding != .direct
      ? "encoder and forecaster of two ConvLSTM2D layers each, \(width) filters, kernel \(kernelSize), on "
        + "patches of \(patchSize) × \(patchSize)"
      : "two ConvLSTM2D layers of \(width) filters, kernel \(kernelSize), on patches of "
        + "\(patchSize) × \(patchSize), all frames at once by a convolution each"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] {
    [
      LayerProbe(layer: "encoder_1", output: 1, text: "state of the first ConvLSTM2D", takesLastFrame: false),
      LayerProbe(
        layer: "encoder_2", output: 1, text: "state of the second ConvLSTM2D", takesLastFrame: false),
    ]
  }

  /// Features of a pixel before the last convolution.
  private static let pixelFeatures = 4

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

extension ForecastSignature {
  /// What the names of layers begin with that see the decoder's guidance.
  public var guidanceName: String { decoding == .autoregressive ? "previous_" : "advected_" }
}
