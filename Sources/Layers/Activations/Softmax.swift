import Autodiff
import TensorCore

/// eˣ over its sum along one or several axes.
public struct Softmax: UnaryLayer {
  public static let typeName = "Softmax"

  /// The axes over which the outputs add up to 1; negative ones count from the end.
  public var axes: [Int]

  public init(axes: [Int] = [-1]) { self.axes = axes }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    _ = try requireAxes(axes, of: input)
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    input.withRows(along: try requireAxes(axes, of: SymbolicShape(input.shape))) { $0.softmax() }
  }
}

extension Softmax {
  enum CodingKeys: String, CodingKey { case axes = "axis" }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(axes: try options.value(.axes, default: Extent([-1])).lengths)
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    if axes.count == 1 {
      try options.encode(axes[0], forKey: .axes)
    } else {
      try options.encode(axes, forKey: .axes)
    }
  }
}

extension Layer {
  /// The axes that an option names, in ascending order.
  func requireAxes(_ axes: [Int], of input: SymbolicShape) throws -> [Int] {
    guard !axes.isEmpty, axes.allSatisfy({ (-input.rank..<input.rank).contains($0) }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "axes of an input of rank \(input.rank)",
        received: "\(axes)", remedy: "Name axes that the input has.")
    }
    return Set(axes.map { $0 < 0 ? $0 + input.rank : $0 }).sorted()
  }
}

extension Tensor {
  /// What `body` makes of the tensor as `[rows, values along the axes]`, back in the tensor's shape. The axes
  /// ascend.
  func withRows(along axes: [Int], _ body: (Tensor) throws -> Tensor) rethrows -> Tensor {
    let order = (0..<rank).filter { !axes.contains($0) } + axes
    let length = axes.reduce(1) { $0 * shape[$1] }
    let isInPlace = order == Array(0..<rank)
    let moved = isInPlace ? self : transposed(order)
    let output = try body(moved.reshaped(to: [count / length, length])).reshaped(to: moved.shape)
    guard !isInPlace else { return output }
    var inverse = order
    for (i, axis) in order.enumerated() { inverse[axis] = i }
    return output.transposed(inverse)
  }
}
