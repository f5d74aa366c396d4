import Autodiff
import TensorCore

/// The product of two inputs summed over an axis of each, sample by sample: `[batch, a…]` and `[batch, b…]` become
/// `[batch, a… without its axis, b… without its axis]`, and `[batch, 1]` where no axis is left.
public struct Dot: MergeLayer {
  public static let typeName = "Dot"

  /// The axis of the first and of the second input, or one number for both; negative ones count from the end.
  public var axes: [Int]
  /// Whether both are brought to length 1 along their axis first: the product is then the cosine.
  public var normalize: Bool

  public init(axes: [Int], normalize: Bool = false) {
    self.axes = axes
    self.normalize = normalize
  }

  public init(axes: Int, normalize: Bool = false) { self.init(axes: [axes], normalize: normalize) }

  private func axes(of inputs: [SymbolicShape]) throws -> (first: Int, second: Int) {
    guard inputs.count == 2 else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName, expected: "two inputs", received: "\(inputs.count)",
        remedy: "Call the layer on two values.")
    }
    let given = axes.count == 1 ? [axes[0], axes[0]] : axes
    let found = zip(given, inputs).map { axis, input in axis < 0 ? axis + input.rank : axis }
    guard found.count == 2, zip(found, inputs).allSatisfy({ $0 > 0 && $0 < $1.rank }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "axes of the inputs, without the batch",
        received: "\(axes) for \(inputs[0]) and \(inputs[1])", remedy: "Name one axis of each input.")
    }
    let (a, b) = (inputs[0][found[0]], inputs[1][found[1]])
    guard a == nil || b == nil || a == b else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "axes of equal length",
        received: "\(inputs[0]) and \(inputs[1]), axes \(found)", remedy: "Choose other axes.")
    }
    return (found[0], found[1])
  }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    let axes = try axes(of: inputs)
    for input in inputs { try requireNonEmpty(input) }
    var (first, second) = (inputs[0].dimensions, inputs[1].dimensions)
    first.remove(at: axes.first)
    second.remove(at: axes.second)
    let output = first + second.dropFirst()
    return [SymbolicShape(output.count == 1 ? output + [1] : output)]
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    let shapes = inputs.map { SymbolicShape($0.shape) }
    let output = try outputShapes(for: shapes)[0]
    let axes = try axes(of: shapes)
    guard inputs[0].shape[0] == inputs[1].shape[0] else {
      throw ShapeError(
        .wrongLength, in: Self.typeName, expected: "as many samples in both inputs",
        received: "\(inputs[0].shape) and \(inputs[1].shape)", remedy: "Feed equal batches.")
    }
    let (a, b) = (matrices(inputs[0], axes.first), matrices(inputs[1], axes.second))
    let product = a.batchedMatrixProduct(with: b.transposed([0, 2, 1]))
    return [product.reshaped(to: Shape(output.dimensions.map { $0! }))]
  }

  /// `[batch, values, length of the axis]`.
  private func matrices(_ input: Tensor, _ axis: Int) -> Tensor {
    let order = (0..<input.rank).filter { $0 != axis } + [axis]
    let moved = input.transposed(order)
    let length = input.shape[axis]
    let rows = moved.reshaped(to: [input.shape[0], input.count / input.shape[0] / length, length])
    return normalize ? rows.unitLength() : rows
  }
}

extension Dot {
  enum CodingKeys: String, CodingKey { case axes, normalize }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      axes: try options.decode(Extent.self, forKey: .axes).lengths,
      normalize: try options.value(.normalize, default: false))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    if axes.count == 1 {
      try options.encode(axes[0], forKey: .axes)
    } else {
      try options.encode(axes, forKey: .axes)
    }
    try options.encode(normalize, forKey: .normalize)
  }
}

extension Tensor {
  /// Brought to length 1 along the last axis; a vector shorter than 1e-12 is multiplied by 1e12, as in Keras.
  func unitLength() -> Tensor {
    let squares = squared().sum(alongAxes: [-1], keepingDimensions: true)
    let factor = squares.mapped {
      min(1 / $0.squareRoot(), 1e12)
    } derivative: {
      1 / $0.squareRoot() < 1e12 ? -0.5 / ($0 * $0.squareRoot()) : 0
    }
    return self * factor
  }
}
