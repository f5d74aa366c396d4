import Autodiff
import TensorCore

/// A gated cell over maps, whose products are convolutions: input `[batch, space…, channels]`, kernel
/// `[kernel…, channels, gates · filters]`, recurrent kernel `[kernel…, filters, gates · filters]`.
///
/// Strides, padding and dilation are those of the input's convolution; the recurrent one is always of stride
/// 1,
/// `same` and undilated. The number of space axes is `rank`.
public protocol MapCell: GatedCell {
  var filters: Int { get }
  var kernelSize: Extent { get }
  var strides: Extent { get }
  var padding: Padding { get }
  var dilationRate: Extent { get }
  var rank: Int { get }
  /// Where input, output and state have their channels.
  var dataFormat: DataFormat { get set }
  /// The name of the layer around the cell, for errors.
  var place: String { get }
}

extension MapCell {
  public var inputAxes: [String] {
    let space = rank == 1 ? ["length"] : rank == 2 ? ["height", "width"] : ["depth", "height", "width"]
    return dataFormat == .channelsLast ? space + ["channels"] : ["channels"] + space
  }

  public func step(_ input: Tensor, _ state: State, context: inout Context) throws -> State {
    guard dataFormat == .channelsFirst else { return try gatedStep(input, state) }
    let next = try withChannelsLast.gatedStep(
      channelsLast(input, lead: 1), State(tensors: state.tensors.map { channelsLast($0, lead: 1) }))
    return State(tensors: next.tensors.map { channelsFirst($0, lead: 1) })
  }

  public func sequence(
    _ input: Tensor, from state: State?, _ traversal: Traversal, context: inout Context
  ) throws -> (outputs: Tensor, last: State) {
    guard dataFormat == .channelsFirst else {
      return try gatedSequence(input, from: state, traversal, context: &context)
    }
    let (outputs, last) = try withChannelsLast.gatedSequence(
      channelsLast(input, lead: 2),
      from: state.map { State(tensors: $0.tensors.map { channelsLast($0, lead: 1) }) }, traversal,
      context: &context)
    return (
      channelsFirst(outputs, lead: 2), State(tensors: last.tensors.map { channelsFirst($0, lead: 1) })
    )
  }

  private var withChannelsLast: Self {
    var copy = self
    copy.dataFormat = .channelsLast
    return copy
  }

  private func channelsLast(_ maps: Tensor, lead: Int) -> Tensor {
    maps.transposed(Array(0..<lead) + Array(lead + 1..<maps.rank) + [lead])
  }

  private func channelsFirst(_ maps: Tensor, lead: Int) -> Tensor {
    maps.transposed(Array(0..<lead) + [maps.rank - 1] + Array(lead..<maps.rank - 1))
  }

  var window: SpatialWindow {
    SpatialWindow(
      kernel: kernelSize, strides: strides, dilations: dilationRate, padding: padding, rank: rank)
  }

  /// The shape of an output with channels last, for an input with channels last.
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
    let input = dataFormat.channelsLast(input)
    guard let outputs = try mapShape(for: input).sample, let channels = input[-1] else { return nil }
    return 2 * Self.gateCount * outputs.count * window.kernel.reduce(1, *) * (channels + filters)
  }

  func kernelSpecifications(for input: SymbolicShape) throws -> [ParameterSpecification] {
    let channels = try channels(of: dataFormat.channelsLast(input), in: place)
    let gates = Self.gateCount * filters
    return [
      ParameterSpecification("kernel", Shape(window.kernel + [channels, gates]), .glorotUniform),
      ParameterSpecification("recurrent_kernel", Shape(window.kernel + [filters, gates]), .orthogonal),
    ]
  }

  func zeros(for input: Tensor) throws -> Tensor {
    .zeros(Shape(try outputShape(for: SymbolicShape(input.shape)).dimensions.map { $0 ?? 0 }))
  }
}
