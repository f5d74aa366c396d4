import Layers
import TensorCore

/// What a forecaster takes and gives, whatever its architecture.
public struct ForecastSignature: Hashable, Codable, Sendable {
  /// How many frames are observed.
  public var inputFrames: Int
  /// How many frames are forecast.
  public var forecastFrames: Int
  /// The height and width of the frames, in pixels.
  public var height: Int
  public var width: Int
  /// Channels of an observed frame; the first one is forecast, the others are auxiliary.
  public var channels: Int
  /// What the decoder reads of the future.
  public var background = ForecastBackground.lastFrame
  /// Whether the forecast is the background plus what the network adds to it; with autoregressive decoding and no
  /// motion-extrapolated frames, the frame before plus that.
  public var isResidual = false
  /// How several frames are forecast; `nil` for the contender's own choice.
  public var decoding: ForecastDecoding?

  public init(inputFrames: Int, forecastFrames: Int, height: Int, width: Int, channels: Int = 1) {
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// How a contender gets several frames under this signature.
  public func decoding(of contender: any ForecastContender) -> ForecastDecoding {
    decoding ?? contender.decodings.first ?? .direct
  }

  /// The name that the last layer before the background must have: `change` where the background is added to it.
  public var headName: String { isResidual ? "change" : "forecast" }

  /// The forecaster of a contender. Input `[batch, inputFrames, height, width, channels]`, and with a
  /// motion-extrapolated background a second one, `[batch, forecastFrames, height, width, 1]`; output
  /// `[batch, forecastFrames, height, width, 1]`. The pixels of a patch start with equal weights:
  /// see `ModelGraph.equalizingPixels()`. A residual model starts as its background: see
  /// `ModelGraph.zeroingChange()`. With autoregressive decoding the last input is the previous frames,
  /// of the shape of the output: run such a model by ``AutoregressiveDecoding/output(_:_:_:)``.
  ///
  /// - Throws: `ShapeError` for frames of a size that the contender cannot take; ``ContenderError`` for a decoding that
  ///   it does not know.
  public func model(
    _ contender: any ForecastContender, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> ModelGraph {
    let model = try build(contender, width: width, initialization: initialization).model.equalizingPixels()
    return isResidual ? model.zeroingChange() : model
  }

  func build(
    _ contender: any ForecastContender, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> (model: ModelGraph, parameterCount: Int) {
    var signature = self
    let decoding = decoding(of: contender)
    signature.decoding = decoding
    guard contender.decodings.contains(decoding) else {
      throw ContenderError(
        expected: "a decoding that \(contender.displayName) knows: "
          + contender.decodings.map(\.rawValue).joined(separator: ", "),
        found: decoding.rawValue, remedy: "Leave --decoding out, or choose other contenders.")
    }
    let builder = GraphBuilder(
      name: contender.name.replacing("-", with: "_") + "_forecaster", initialization: initialization)
    let frames = try builder.input([nil, inputFrames, height, self.width, channels], name: "frames")
    let advected =
      background.isNowcast
      ? try builder.input([nil, forecastFrames, height, self.width, 1], name: Self.advectedInput) : nil
    let previous =
      decoding == .autoregressive
      ? try builder.input(
        [nil, forecastFrames, height, self.width, 1], name: AutoregressiveDecoding.previousInput) : nil
    let guidance =
      if let previous, let advected {
        try Concatenate()([previous, advected], name: "previous_and_advected")[0]
      } else { previous ?? advected }
    var output = try contender.forecast(frames, guidance: guidance, signature: signature, width: width)
    if isResidual { output = try addingBackground(frames, advected ?? previous, to: output) }
    return (try builder.model(outputs: [output]), builder.parameterCount)
  }

  /// The name of the input that takes motion-extrapolated or S-PROG frames.
  public static let advectedInput = "advected"

  /// Whether a model reads motion-extrapolated or S-PROG frames.
  public static func readsAdvectedFrames(_ model: ModelGraph) -> Bool {
    model.inputs.contains { $0.name == advectedInput }
  }

  private func addingBackground(
    _ frames: SymbolicTensor, _ guidance: SymbolicTensor?, to change: SymbolicTensor
  ) throws -> SymbolicTensor {
    let background = try guidance ?? RepeatLast(forecastFrames)(field(frames), name: "background")
    return try Add()([change, background], name: "forecast")[0]
  }

  /// The first channel, which is forecast. Time counts as the channels here and the real ones as the last axis of
  /// space, of which the end is cropped.
  private func field(_ frames: SymbolicTensor) throws -> SymbolicTensor {
    guard channels > 1 else { return frames }
    let crop = Cropping3D(
      cropping: Borders([[0, 0], [0, 0], [0, channels - 1]]), dataFormat: .channelsFirst)
    return try crop(frames, name: "field")
  }

  /// The model of a contender in a line.
  public func summary(_ contender: any ForecastContender, width: Int) -> String {
    var signature = self
    let decoding = decoding(of: contender)
    signature.decoding = decoding
    let known =
      (background.isNowcast ? "; reads the \(background.displayName)" : "")
      + (decoding == .autoregressive ? "; each step reads the frame before" : "")
    let backgroundName =
      decoding == .autoregressive && !background.isNowcast ? "frame before" : background.displayName
    return contender.summary(signature, width: width) + known
      + (isResidual ? "; learns the difference to the \(backgroundName)" : "")
  }
}
