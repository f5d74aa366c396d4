import Layers
import TensorCore

/// SimVP with gated spatiotemporal attention (Gao et al. 2022, Tan et al. 2022): convolutions alone, without recurrence.
///
/// An encoder shrinks each frame. A translator sees all frames' features as channels of one map and makes those of all
/// leads, in blocks of gSTA: attention by a depthwise convolution of 5 × 5, one of 7 × 7 with dilation 3 and one of
/// 1 × 1 whose one half gates the other, then a mixing of channels. A decoder enlarges the features of each lead and
/// also sees what the first layer of the encoder made of one observed frame.
///
/// SimVP gives as many frames as it reads. Here the last block makes features for as many leads as are asked for; lead k
/// sees the kth observed frame in the decoder, or the last where there are fewer. Motion-extrapolated frames have an
/// encoder of their own, whose features join those of the frames in the translator, and lead by lead in the decoder.
///
/// The width is the number of channels of the translator; the encoder has an eighth as many. OpenSTL's model for Moving
/// MNIST has a width of 512 and eight blocks.
public struct SimVPForecaster: ForecastContender {
  public static let name = "simvp"
  public static let displayName = "SimVP"

  public static let searchSpace = SearchSpace(options: [
    .init("stages", [1, 2]), .init("blocks", [2, 4, 6]),
  ])

  /// How often the encoder halves the frames.
  public var stages = 2
  /// Blocks of the translator.
  public var blocks = 4

  public init(stages: Int = 2, blocks: Int = 4) {
    self.stages = stages
    self.blocks = blocks
  }

  /// Options `stages` and `blocks`.
  public init(options: inout ContenderOptions) throws {
    stages = try options.integer("stages", in: 1...5) ?? 2
    blocks = try options.integer("blocks", in: 1...32) ?? 4
  }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    try signature.requireMultiples(of: 1 << stages, contender: self, hint: "\(name):stages=1")
    let (leads, filters) = (signature.forecastFrames, spatialFilters(width))
    let observed = try encoded(frames, filters: filters, name: "encoder")
    var skip = try frameForEachLead(observed.first, signature)
    var hidden = try observed.last.framesAsChannels(name: "stack")
    if let guidance {
      let ahead = try encoded(guidance, filters: filters, name: signature.guidanceName + "encoder")
      let stack = try ahead.last.framesAsChannels(name: signature.guidanceName + "stack")
      hidden = try Concatenate()([hidden, stack], name: "stacks")[0]
      skip = try Add()([skip, ahead.first], name: "skips")[0]
    }
    for block in 1...blocks {
      hidden = try GatedAttention(name: "block_\(block)")(hidden)
      let channels = block == blocks ? leads * filters : width
      if hidden.shape[-1] != channels {
        hidden = try Conv2D(filters: channels, kernelSize: 1)(hidden, name: "block_\(block)_reduction")
      }
    }
    var maps = try hidden.channelsAsFrames(leads, name: "features")
    for stage in 1...stages {
      maps = try convolution(maps, filters: filters, .enlarging, name: "decoder_\(2 * stage - 1)")
      if stage == stages { maps = try Add()([maps, skip], name: "skip")[0] }
      maps = try convolution(maps, filters: filters, .keeping, name: "decoder_\(2 * stage)")
    }
    return try TimeDistributed(Conv2D(filters: 1, kernelSize: 1))(maps, name: signature.headName)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    "convolutions a frame that halve it \(stages) times, \(spatialFilters(width)) filters; \(blocks) blocks of "
      + "gated attention over all frames, \(width) channels; all frames at once"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] {
    [
      LayerProbe(layer: "encoder_\(2 * stages)", text: "encoded frame", takesLastFrame: true),
      LayerProbe(layer: "block_\(blocks)", text: "after the last block of attention", takesLastFrame: false),
    ]
  }

  /// An even number, as normalisation takes the channels in two groups.
  private func spatialFilters(_ width: Int) -> Int { 2 * max(1, (width + 8) / 16) }

  /// What the first and the last convolution of the encoder make of each frame.
  private func encoded(
    _ frames: SymbolicTensor, filters: Int, name: String
  ) throws -> (first: SymbolicTensor, last: SymbolicTensor) {
    var maps = frames
    var first: SymbolicTensor?
    for stage in 1...stages {
      maps = try convolution(maps, filters: filters, .keeping, name: "\(name)_\(2 * stage - 1)")
      first = first ?? maps
      maps = try convolution(maps, filters: filters, .shrinking, name: "\(name)_\(2 * stage)")
    }
    return (first ?? maps, maps)
  }

  private enum Sampling { case keeping, shrinking, enlarging }

  /// Convolution, group normalisation and SiLU of each frame.
  private func convolution(
    _ frames: SymbolicTensor, filters: Int, _ sampling: Sampling, name: String
  ) throws -> SymbolicTensor {
    var maps = frames
    switch sampling {
    case .keeping:
      let convolution = Conv2D(filters: filters, kernelSize: 3, padding: .same)
      maps = try TimeDistributed(convolution)(maps, name: name + "_conv")
    case .shrinking:
      maps = try TimeDistributed(ZeroPadding2D())(maps, name: name + "_border")
      let convolution = Conv2D(filters: filters, kernelSize: 3, strides: 2)
      maps = try TimeDistributed(convolution)(maps, name: name + "_conv")
    case .enlarging:
      let convolution = Conv2D(filters: 4 * filters, kernelSize: 3, padding: .same)
      maps = try TimeDistributed(convolution)(maps, name: name + "_conv")
      maps = try DepthToSpace(size: 2)(maps, name: name + "_pixels")
    }
    let normalization = GroupNormalization(groups: 2, epsilon: 1e-5)
    maps = try TimeDistributed(normalization)(maps, name: name + "_norm")
    return try ActivationLayer(.silu)(maps, name: name)
  }

  /// One of the observed frames for each lead: the kth, or the last where there are fewer.
  private func frameForEachLead(
    _ frames: SymbolicTensor, _ signature: ForecastSignature
  ) throws -> SymbolicTensor {
    let missing = signature.forecastFrames - signature.inputFrames
    if missing == 0 { return frames }
    guard missing > 0 else {
      return try Cropping3D(cropping: Borders([[0, -missing], [0, 0], [0, 0]]))(frames, name: "first_frames")
    }
    let last = try RepeatLast(missing)(frames, name: "last_frames")
    return try Concatenate(axis: 1)([frames, last], name: "frames_of_leads")[0]
  }
}

/// A block of gated spatiotemporal attention over maps `[batch, height, width, channels]`, whose shape it keeps.
private struct GatedAttention {
  let name: String

  func callAsFunction(_ maps: SymbolicTensor) throws -> SymbolicTensor {
    let attended = try branch(maps, attention, name: name + "_attention")
    return try branch(attended, mixing, name: name + "_mixing", sum: name)
  }

  /// The maps plus a small multiple of what `body` makes of them, normalised.
  private func branch(
    _ maps: SymbolicTensor, _ body: (SymbolicTensor, String) throws -> SymbolicTensor, name: String,
    sum: String? = nil
  ) throws -> SymbolicTensor {
    let normalized = try BatchNormalization(momentum: 0.9, epsilon: 1e-5)(maps, name: name + "_norm")
    let change = try LayerScale()(body(normalized, name), name: name + "_scale")
    return try Add()([maps, change], name: sum ?? name)[0]
  }

  private func attention(_ maps: SymbolicTensor, _ name: String) throws -> SymbolicTensor {
    let channels = maps.shape[-1] ?? 1
    var values = try Conv2D(filters: channels, kernelSize: 1, activation: .gelu)(maps, name: name + "_in")
    values = try DepthwiseConv2D(kernelSize: 5, padding: .same)(values, name: name + "_near")
    values = try DepthwiseConv2D(kernelSize: 7, padding: .same, dilationRate: 3)(values, name: name + "_far")
    values = try Conv2D(filters: 2 * channels, kernelSize: 1)(values, name: name + "_gates")
    values = try ActivationLayer(.glu)(values, name: name + "_gated")
    values = try Conv2D(filters: channels, kernelSize: 1)(values, name: name + "_out")
    return try Add()([values, maps], name: name + "_shortcut")[0]
  }

  private func mixing(_ maps: SymbolicTensor, _ name: String) throws -> SymbolicTensor {
    let channels = maps.shape[-1] ?? 1
    var values = try Conv2D(filters: 8 * channels, kernelSize: 1)(maps, name: name + "_in")
    values = try DepthwiseConv2D(kernelSize: 3, padding: .same, activation: .gelu)(
      values, name: name + "_near")
    values = try Conv2D(filters: channels, kernelSize: 1)(values, name: name + "_out")
    return values
  }
}
