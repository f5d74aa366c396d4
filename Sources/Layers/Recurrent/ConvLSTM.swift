import Autodiff
import TensorCore

/// What ConvLSTM1D, 2D and 3D share: everything but the number of space axes. Input
/// `[batch, time, space…, channels]`, output `[batch, space…, filters]` or, with `returnSequences`,
/// `[batch, time, space…, filters]`. See `ConvLSTMCell` for the equations.
public protocol ConvLSTMLayer: RecurrentLayer where Cell == ConvLSTMCell {
  /// The number of space axes.
  static var rank: Int { get }
}

extension ConvLSTMLayer {
  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, dropout: Float = 0, recurrentDropout: Float = 0,
    peepholes: Peepholes = .none, layerNormalization: Bool = false,
    dataFormat: DataFormat = .channelsLast, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      cell: ConvLSTMCell(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
        dilationRate: dilationRate, activation: activation, recurrentActivation: recurrentActivation,
        useBias: useBias, unitForgetBias: unitForgetBias, dropout: dropout,
        recurrentDropout: recurrentDropout, peepholes: peepholes, layerNormalization: layerNormalization,
        dataFormat: dataFormat, rank: Self.rank),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  public static func decodeCell(from decoder: any Decoder) throws -> ConvLSTMCell {
    try ConvLSTMCell(from: decoder, rank: rank)
  }

  public static func encodeCell(_ cell: ConvLSTMCell, to encoder: any Encoder) throws {
    try cell.encodeOptions(to: encoder)
  }
}

/// A convolutional LSTM over lines: input `[batch, time, length, channels]`, output `[batch, length',
/// filters]` or, with `returnSequences`, `[batch, time, length', filters]`. See `ConvLSTMCell` for the
/// equations.
public struct ConvLSTM1D: ConvLSTMLayer {
  public static let typeName = "ConvLSTM1D"
  public static let rank = 1

  public var cell: ConvLSTMCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(cell: ConvLSTMCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}

/// A convolutional LSTM over images: input `[batch, time, height, width, channels]`, output
/// `[batch, height', width', filters]` or, with `returnSequences`,
/// `[batch, time, height', width', filters]`. See `ConvLSTMCell` for the equations (Shi et al. 2015).
public struct ConvLSTM2D: ConvLSTMLayer {
  public static let typeName = "ConvLSTM2D"
  public static let rank = 2

  public var cell: ConvLSTMCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(cell: ConvLSTMCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}

/// A convolutional LSTM over volumes: input `[batch, time, depth, height, width, channels]`, output
/// `[batch, depth', height', width', filters]` or, with `returnSequences`,
/// `[batch, time, depth', height', width', filters]`. See `ConvLSTMCell` for the equations.
public struct ConvLSTM3D: ConvLSTMLayer {
  public static let typeName = "ConvLSTM3D"
  public static let rank = 3

  public var cell: ConvLSTMCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(cell: ConvLSTMCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
