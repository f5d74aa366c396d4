import Autodiff
import TensorCore

/// The checks that all gated cells share.
enum GateChecks {
  static func validate<Cell: RecurrentCell>(
    _ cell: Cell, filters: Int, _ activations: Activation...
  ) throws {
    guard filters > 0 else {
      throw ShapeError(
        .invalidOption, in: Cell.layerName, expected: "at least one unit or filter", received: "\(filters)",
        remedy: "Give a positive number.")
    }
    for activation in activations where !activation.isElementwise {
      throw ShapeError(
        .invalidOption, in: Cell.layerName, expected: "an activation that works value by value",
        received: activation.rawValue, remedy: "Use tanh, sigmoid, relu or another such function.")
    }
  }

  static func channels(_ input: SymbolicShape, kernel: Parameter, in layer: String) throws -> Int {
    guard let channels = input[-1] else {
      throw ShapeError(
        .wrongChannels, in: layer, expected: "a known number of channels (last axis)",
        received: "\(input)", remedy: "Give the last axis of the model's input a length.")
    }
    guard !kernel.isBuilt || kernel.value.shape[-2] == channels else {
      throw ShapeError(
        .wrongChannels, in: layer, expected: "\(kernel.value.shape[-2]) channels (last axis)",
        received: "\(channels) in \(input)",
        remedy: "Feed as many channels as the layer was built for, or build it anew.")
    }
    return channels
  }

  static func bias(_ useBias: Bool, _ units: Int, _ unitForgetBias: Bool) -> [ParameterSpecification] {
    guard useBias else { return [] }
    return [ParameterSpecification("bias", [4 * units], unitForgetBias ? .unitForgetBias : .zeros)]
  }

  static func requireBuilt<Cell: RecurrentCell>(_ cell: Cell) throws {
    guard cell.parameters.allSatisfy(\.parameter.isBuilt) else {
      throw ShapeError(
        .notBuilt, in: Cell.layerName, expected: "a layer with parameters",
        received: "one that has not been built",
        remedy: "Call build(for:random:) or put the layer into a model.")
    }
  }
}

/// The options that Keras writes for every gated cell.
enum GateKeys: String, CodingKey {
  case units, filters, activation, strides, padding
  case recurrentActivation = "recurrent_activation"
  case useBias = "use_bias"
  case unitForgetBias = "unit_forget_bias"
  case kernelSize = "kernel_size"
  case dilationRate = "dilation_rate"
  case dataFormat = "data_format"
}

extension LSTMCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: GateKeys.self)
    self.init(
      units: try options.decode(Int.self, forKey: .units),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      unitForgetBias: try options.value(.unitForgetBias, default: true))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: GateKeys.self)
    try options.encode(units, forKey: .units)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(unitForgetBias, forKey: .unitForgetBias)
  }
}

extension ConvLSTMCell {
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: GateKeys.self)
    try options.requireChannelsLast(.dataFormat)
    let kernelSize = try options.decode(Extent.self, forKey: .kernelSize)
    self.init(
      filters: try options.decode(Int.self, forKey: .filters), kernelSize: kernelSize,
      strides: try options.value(.strides, default: 1),
      padding: try options.name(.padding, default: .valid),
      dilationRate: try options.value(.dilationRate, default: 1),
      activation: try options.name(.activation, default: .tanh),
      recurrentActivation: try options.name(.recurrentActivation, default: .sigmoid),
      useBias: try options.value(.useBias, default: true),
      unitForgetBias: try options.value(.unitForgetBias, default: true),
      rank: kernelSize.lengths.count > 1 ? kernelSize.lengths.count : 2)
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: GateKeys.self)
    try options.encode(filters, forKey: .filters)
    try options.encode(window.kernel, forKey: .kernelSize)
    try options.encode(window.strides, forKey: .strides)
    try options.encode(padding, forKey: .padding)
    try options.encode(window.dilations, forKey: .dilationRate)
    try options.encode(activation, forKey: .activation)
    try options.encode(recurrentActivation, forKey: .recurrentActivation)
    try options.encode(useBias, forKey: .useBias)
    try options.encode(unitForgetBias, forKey: .unitForgetBias)
  }
}
