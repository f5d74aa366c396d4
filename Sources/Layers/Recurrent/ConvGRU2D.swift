import Autodiff
import TensorCore

/// A convolutional GRU over images (Ballas et al. 2016): input `[batch, time, height, width, channels]`,
/// output
/// `[batch, height', width', filters]` or, with `returnSequences`, `[batch, time, height', width', filters]`.
/// It has three quarters of a ConvLSTM's parameters and half of its state. See `ConvGRUCell` for the
/// equations.
public struct ConvGRU2D: RecurrentLayer {
  public static let typeName = "ConvGRU2D"

  public var cell: ConvGRUCell
  public var options: RecurrentOptions
  public var states: [Parameter] = []

  public init(
    filters: Int, kernelSize: Extent, strides: Extent = 1, padding: Padding = .valid,
    dilationRate: Extent = 1, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    useBias: Bool = true, resetAfter: Bool = false, dropout: Float = 0, recurrentDropout: Float = 0,
    dataFormat: DataFormat = .channelsLast, returnSequences: Bool = false, returnState: Bool = false,
    goBackwards: Bool = false, stateful: Bool = false
  ) {
    self.init(
      cell: ConvGRUCell(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
        dilationRate: dilationRate, activation: activation, recurrentActivation: recurrentActivation,
        useBias: useBias, resetAfter: resetAfter, dropout: dropout, recurrentDropout: recurrentDropout,
        dataFormat: dataFormat, rank: 2),
      options: RecurrentOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
        stateful: stateful))
  }

  /// The layer around a cell.
  public init(cell: ConvGRUCell, options: RecurrentOptions) {
    self.cell = cell
    self.options = options
  }
}
