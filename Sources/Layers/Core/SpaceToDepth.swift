import Autodiff
import TensorCore

/// Cuts maps into patches of `size` × `size` pixels and puts each patch's pixels into channels:
/// `[…, height, width, channels]` becomes `[…, height / size, width / size, size² · channels]`. Shi et al. (2015)
/// feed radar maps to their ConvLSTM like this. The channel of a pixel is `(row · size + column) · channels + c`.
public struct SpaceToDepth: UnaryLayer {
  public static let typeName = "SpaceToDepth"

  public var size: Int

  public init(size: Int) { self.size = size }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireImages(input)
    for axis in [-3, -2] {
      guard input[axis].map({ $0 % size == 0 }) ?? true else {
        throw ShapeError(
          .wrongLength, in: Self.typeName, expected: "height and width divisible by \(size)",
          received: "\(input)", remedy: "Crop or pad the frames, or choose another patch size.")
      }
    }
    var output = input
    for axis in [-3, -2] { output[axis] = input[axis].map { $0 / size } }
    output[-1] = input[-1].map { $0 * size * size }
    return output
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let (height, width, channels) = (input.shape[-3], input.shape[-2], input.shape[-1])
    let lead = input.shape.dimensions.dropLast(3)
    return
      input
      .reshaped(to: [lead.reduce(1, *), height / size, size, width / size, size * channels])
      .transposed([0, 1, 3, 2, 4])
      .reshaped(to: Shape(lead + [height / size, width / size, size * size * channels]))
  }
}

/// Puts channels back into patches of pixels, the inverse of `SpaceToDepth`:
/// `[…, height, width, size² · channels]` becomes `[…, height · size, width · size, channels]`.
public struct DepthToSpace: UnaryLayer {
  public static let typeName = "DepthToSpace"

  public var size: Int

  public init(size: Int) { self.size = size }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireImages(input)
    guard input[-1].map({ $0 % (size * size) == 0 }) ?? true else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "channels divisible by \(size * size)",
        received: "\(input)", remedy: "Give the layer before this one a fitting number of filters.")
    }
    var output = input
    for axis in [-3, -2] { output[axis] = input[axis].map { $0 * size } }
    output[-1] = input[-1].map { $0 / (size * size) }
    return output
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    let (height, width) = (input.shape[-3], input.shape[-2])
    let channels = input.shape[-1] / (size * size)
    let lead = input.shape.dimensions.dropLast(3)
    return
      input
      .reshaped(to: [lead.reduce(1, *), height, width, size, size * channels])
      .transposed([0, 1, 3, 2, 4])
      .reshaped(to: Shape(lead + [height * size, width * size, channels]))
  }
}

extension UnaryLayer {
  /// Checks that an input ends in `[height, width, channels]`.
  fileprivate func requireImages(_ input: SymbolicShape) throws {
    guard input.rank >= 4 else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank 4 or more, […, height, width, channels]",
        received: "\(input)", remedy: "Add the missing axes.")
    }
    try requireNonEmpty(input)
  }
}
