import Autodiff
import TensorCore

/// Normalises groups of channels of each sample over all other axes:
/// `gamma · (x − mean) / √(variance + epsilon) + beta` (Wu & He 2018). Unlike batch normalisation it does the same
/// in training and inference, whatever the batch size. Input and output have one shape.
public struct GroupNormalization: UnaryLayer {
  public static let typeName = "GroupNormalization"

  /// How many groups the channels are divided into; -1 for one group a channel (instance normalisation).
  public var groups: Int
  /// The axis of the channels; negative ones count from the end.
  public var axis: Int
  public var epsilon: Float
  public var center: Bool
  public var scale: Bool

  public var gamma = Parameter.unbuilt
  public var beta = Parameter.unbuilt

  public init(
    groups: Int = 32, axis: Int = -1, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true
  ) {
    self.groups = groups
    self.axis = axis
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  private func channels(of input: SymbolicShape) throws -> Int {
    guard let place = try requireAxes([axis], of: input).first, place > 0, let channels = input[place] else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "a known length of axis \(axis), which is not the batch",
        received: "\(input)", remedy: "Give that axis of the model's input a length.")
    }
    return channels
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    let channels = try channels(of: input)
    let count = groups == -1 ? channels : groups
    guard count > 0, channels % count == 0 else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "a number of groups that divides \(channels) channels",
        received: "\(groups)", remedy: "Choose another number of groups, or -1 for one a channel.")
    }
    for parameter in [gamma, beta] where parameter.isBuilt && parameter.value.count != channels {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(parameter.value.count) channels",
        received: "\(channels) in \(input)", remedy: "Feed as many channels as the layer was built for.")
    }
    return input
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let shape: Shape = [try channels(of: input)]
    return (scale ? [ParameterSpecification("gamma", shape, .ones)] : [])
      + (center ? [ParameterSpecification("beta", shape, .zeros)] : [])
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    if scale { try visit("gamma", &gamma) }
    if center { try visit("beta", &beta) }
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    if scale { try requireBuilt(gamma) }
    if center { try requireBuilt(beta) }
    let axis = axis < 0 ? axis + input.rank : axis
    let channels = input.shape[axis]
    let count = groups == -1 ? channels : groups
    // Channels go first, so that a row of [batch · groups, values] is one group.
    let order = [0, axis] + (1..<input.rank).filter { $0 != axis }
    let moved = input.transposed(order)
    let groups = input.shape[0] * count
    var output = moved.reshaped(to: [groups, input.count / groups])
      .layerNormalized(gamma: nil, beta: nil, epsilon: epsilon)
      .reshaped(to: [input.shape[0], channels, input.count / input.shape[0] / channels])
    if scale { output = output * gamma.value.reshaped(to: [channels, 1]) }
    if center { output = output + beta.value.reshaped(to: [channels, 1]) }
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    return output.reshaped(to: moved.shape).transposed(inverse)
  }
}

extension GroupNormalization {
  enum CodingKeys: String, CodingKey { case groups, axis, epsilon, center, scale }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      groups: try options.value(.groups, default: 32), axis: try options.value(.axis, default: -1),
      epsilon: try options.value(.epsilon, default: 1e-3), center: try options.value(.center, default: true),
      scale: try options.value(.scale, default: true))
  }
}
