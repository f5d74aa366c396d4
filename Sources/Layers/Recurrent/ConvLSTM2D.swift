import TensorCore

/// A convolutional LSTM over images: input `[batch, time, height, width, channels]`, output
/// `[batch, height', width', filters]` or, with `returnSequences`,
/// `[batch, time, height', width', filters]`. See `ConvLSTMCell` for the equations (Shi et al. 2015).
public struct ConvLSTM2D: RecurrentLayer {
  public static let typeName = "ConvLSTM2D"
  public static let inputRank = 5
  public static let inputAxes = "[batch, time, height, width, channels]"

  public var cell: ConvLSTMCell
  public var returnSequences: Bool
  public var returnState: Bool
  public var goBackwards: Bool

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, unitForgetBias: Bool = true, returnSequences: Bool = false,
    returnState: Bool = false, goBackwards: Bool = false
  ) {
    cell = ConvLSTMCell(
      filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
      dilationRate: dilationRate, activation: activation, recurrentActivation: recurrentActivation,
      useBias: useBias, unitForgetBias: unitForgetBias, rank: 2)
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
  }

  /// The layer around a cell.
  public init(cell: ConvLSTMCell, returnSequences: Bool, returnState: Bool, goBackwards: Bool) {
    self.cell = cell
    self.returnSequences = returnSequences
    self.returnState = returnState
    self.goBackwards = goBackwards
  }
}
