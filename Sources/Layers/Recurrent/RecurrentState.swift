import TensorCore

/// The state of a recurrent cell, as the list of tensors that enters and leaves a layer.
public protocol RecurrentState: Sendable {
  /// The tensors of the state, the output first.
  var tensors: [Tensor] { get }
  /// The state from its tensors, as many as `tensors` has.
  init(tensors: [Tensor])
  /// What the layer passes on from this step.
  var output: Tensor { get }
}

extension RecurrentState {
  public var output: Tensor { tensors[0] }
}

/// The state of an LSTM or ConvLSTM: hidden state h and cell state c, both of the shape of one output.
public struct LSTMState: RecurrentState {
  /// h, which is also the output.
  public var hidden: Tensor
  /// c, the memory.
  public var cell: Tensor

  public init(hidden: Tensor, cell: Tensor) {
    self.hidden = hidden
    self.cell = cell
  }

  public init(tensors: [Tensor]) { self.init(hidden: tensors[0], cell: tensors[1]) }

  public var tensors: [Tensor] { [hidden, cell] }
}

/// The state of a GRU or a simple recurrent cell: the hidden state h, which is also the output.
public struct HiddenState: RecurrentState {
  public var hidden: Tensor

  public init(_ hidden: Tensor) { self.hidden = hidden }

  public init(tensors: [Tensor]) { self.init(tensors[0]) }

  public var tensors: [Tensor] { [hidden] }
}
