import Autodiff
import TensorCore

/// A gated cell over maps, whose products are convolutions: input `[batch, space…, channels]`, kernel
/// `[kernel…, channels, gates · filters]`, recurrent kernel `[kernel…, filters, gates · filters]`.
///
/// Strides, padding and dilation are those of the input's convolution; the recurrent one is always of stride 1,
/// `same` and undilated. The number of space axes is `rank`.
public protocol MapCell: GatedCell {
  var filters: Int { get }
  var kernelSize: Extent { get }
  var strides: Extent { get }
  var padding: Padding { get }
  var dilationRate: Extent { get }
  var rank: Int { get }
  /// The name of the layer around the cell, for errors.
  var place: String { get }
}

extension MapCell {
  public var inputAxes: [String] {
    switch rank {
    case 1: ["length", "channels"]
    case 2: ["height", "width", "channels"]
    default: ["depth", "height", "width", "channels"]
    }
  }

  var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: rank)
  }

  func mapShape(for input: SymbolicShape) throws -> SymbolicShape {
    let lengths = try window.outputLengths(for: Array(input.dimensions[1..<1 + rank]), in: place)
    return SymbolicShape([input[0]] + lengths + [filters])
  }

  public func inputProduct(_ input: Tensor, _ kernel: Tensor) throws -> Tensor {
    let lead = Array(input.shape.dimensions.dropLast(rank + 1))
    let maps = input.reshaped(to: Shape([lead.reduce(1, *)] + input.shape.dimensions.suffix(rank + 1)))
    let geometry = try ConvolutionGeometry(
      input: maps.shape, kernel: kernel.shape, strides: window.strides, dilations: window.dilations,
      padding: padding, in: place)
    let product = maps.convolved(with: kernel, bias: nil, geometry)
    return product.reshaped(to: Shape(lead + product.shape.dimensions.dropFirst()))
  }

  public func stateProduct(_ state: Tensor, _ kernel: Tensor) throws -> Tensor {
    let ones = [Int](repeating: 1, count: rank)
    let geometry = try ConvolutionGeometry(
      input: state.shape, kernel: kernel.shape, strides: ones, dilations: ones, padding: .same, in: place)
    return state.convolved(with: kernel, bias: nil, geometry)
  }

  public func operations(for input: SymbolicShape) throws -> Int? {
    guard let outputs = try mapShape(for: input).sample, let channels = input[-1] else { return nil }
    return 2 * Self.gateCount * outputs.count * window.kernel.reduce(1, *) * (channels + filters)
  }

  func kernelSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try channels(of: input, in: place)
    let gates = Self.gateCount * filters
    return [
      ParameterSpecification("kernel", Shape(window.kernel + [channels, gates]), .glorotUniform),
      ParameterSpecification("recurrent_kernel", Shape(window.kernel + [filters, gates]), .orthogonal),
    ]
  }

  func zeros(for input: Tensor) throws -> Tensor {
    .zeros(Shape(try mapShape(for: SymbolicShape(input.shape)).dimensions.map { $0 ?? 0 }))
  }
}
