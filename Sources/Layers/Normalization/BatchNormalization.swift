import Autodiff
import TensorCore

/// Normalises each channel by its mean and variance: `gamma · (x − mean) / √(variance + epsilon) + beta`
/// (Ioffe & Szegedy 2015).
///
/// In training these are the batch's own, over all axes but `axis`, and moving averages of them are kept:
/// `moving = momentum · moving + (1 − momentum) · batch`. In inference, and in a frozen
/// layer, the moving averages are used. Input and output `[batch, …, channels]`.
public struct BatchNormalization: UnaryLayer {
  public static let typeName = "BatchNormalization"

  /// The axis of the channels; negative ones count from the end.
  public var axis: Int
  public var momentum: Float
  public var epsilon: Float
  public var center: Bool
  public var scale: Bool

  public var gamma = Parameter.unbuilt
  public var beta = Parameter.unbuilt
  public var movingMean = Parameter.unbuilt
  public var movingVariance = Parameter.unbuilt

  public init(
    axis: Int = -1, momentum: Float = 0.99, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true
  ) {
    self.axis = axis
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
  }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    let channels = try channels(of: input)
    guard !movingMean.isBuilt || movingMean.value.count == channels else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(movingMean.value.count) channels",
        received: "\(channels) in \(input)", remedy: "Feed as many channels as the layer was built for.")
    }
    return input
  }

  private func channels(of input: SymbolicShape) throws -> Int {
    guard input.rank >= 2, (-input.rank..<input.rank).contains(axis), let channels = input[axis] else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "a known length of axis \(axis)",
        received: "\(input)", remedy: "Give that axis of the model's input a length.")
    }
    return channels
  }

  public func parameterSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let shape: Shape = [try channels(of: input)]
    return (scale ? [ParameterSpecification("gamma", shape, .ones)] : [])
      + (center ? [ParameterSpecification("beta", shape, .zeros)] : [])
      + [
        ParameterSpecification("moving_mean", shape, .zeros, isTrainable: false),
        ParameterSpecification("moving_variance", shape, .ones, isTrainable: false),
      ]
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    if scale { try visit("gamma", &gamma) }
    if center { try visit("beta", &beta) }
    try visit("moving_mean", &movingMean)
    try visit("moving_variance", &movingVariance)
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    try requireBuilt(movingMean)
    let axis = axis < 0 ? axis + input.rank : axis
    guard axis == input.rank - 1 else {
      // The channels go last and come back.
      var order = Array(0..<input.rank)
      order.swapAt(axis, input.rank - 1)
      return try normalized(input.transposed(order), &context).transposed(order)
    }
    return try normalized(input, &context)
  }

  private func normalized(_ input: Tensor, _ context: inout Context) throws -> Tensor {
    let gamma = scale ? gamma.value : nil
    let beta = center ? beta.value : nil
    guard context.isTraining, !context.isFrozen else {
      var factor = (movingVariance.value + epsilon).squareRoot()
      factor = (gamma ?? .ones(factor.shape)) / factor
      let offset = (beta ?? .zeros(factor.shape)) - movingMean.value * factor
      return input * factor + offset
    }
    let (output, mean, variance) = input.batchNormalized(gamma: gamma, beta: beta, epsilon: epsilon)
    context.update("moving_mean", to: movingMean.value * momentum + mean * (1 - momentum))
    context.update("moving_variance", to: movingVariance.value * momentum + variance * (1 - momentum))
    return output
  }
}

extension BatchNormalization {
  enum CodingKeys: String, CodingKey { case axis, momentum, epsilon, center, scale }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      axis: try options.value(.axis, default: -1), momentum: try options.value(.momentum, default: 0.99),
      epsilon: try options.value(.epsilon, default: 1e-3), center: try options.value(.center, default: true),
      scale: try options.value(.scale, default: true))
  }
}
