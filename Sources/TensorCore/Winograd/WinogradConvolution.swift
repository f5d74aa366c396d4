import CKernels

/// One convolution in the Winograd domain, on plain pointers, which hold what the precision in force wants.
struct WinogradConvolution {
  private let shape: squall_convolution_shape
  private let direction: FastConvolution.Direction
  private let workspace: Storage

  /// `nil` where direct convolution is to do the work.
  init?(_ direction: FastConvolution.Direction, _ geometry: ConvolutionGeometry) {
    guard Winograd.serves(geometry, direction) else { return nil }
    shape = squall_convolution_shape(geometry, threads: ThreadTeam.count)
    self.direction = direction
    workspace = Storage(bytes: squall_winograd_workspace_bytes(shape, direction.winogradPass))
  }

  /// The kernel in the Winograd domain, for the direction at hand.
  func packed(_ kernel: UnsafePointer<Float>) -> Storage {
    let packed = Storage(bytes: squall_winograd_packed_bytes(shape))
    switch direction {
    case .inputGradient: squall_winograd_pack_flipped(shape, kernel, packed.address)
    default: squall_winograd_pack(shape, kernel, packed.address)
    }
    return packed
  }

  func forward(
    _ input: UnsafePointer<Float>, _ packed: Storage, bias: UnsafePointer<Float>?,
    activation: squall_function = squall_function_linear, into output: UnsafeMutablePointer<Float>
  ) {
    let relu = activation == squall_function_relu
    squall_winograd_forward(shape, input, packed.address, bias, relu, output, workspace.address)
    if !relu { Self.apply(activation, output, shape) }
  }

  private static func apply(
    _ activation: squall_function, _ output: UnsafeMutablePointer<Float>, _ shape: squall_convolution_shape
  ) {
    guard activation != squall_function_linear else { return }
    let count = shape.batch * shape.output_height * shape.output_width * shape.output_channels
    squall_apply(activation, output, output, count)
  }

  func inputGradient(
    _ outputGradient: UnsafePointer<Float>, _ packed: Storage,
    into inputGradient: UnsafeMutablePointer<Float>
  ) {
    squall_winograd_backward_data(
      shape, outputGradient, packed.address, inputGradient, workspace.address)
  }

  func kernelGradient(
    _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    into kernelGradient: UnsafeMutablePointer<Float>
  ) {
    squall_winograd_backward_weights_begin(shape, workspace.address)
    squall_winograd_backward_weights_add(shape, input, outputGradient, workspace.address)
    squall_winograd_backward_weights_end(shape, workspace.address, kernelGradient)
  }
}

extension FastConvolution.Direction {
  var winogradPass: squall_winograd_pass {
    switch self {
    case .forward: squall_winograd_forward_pass
    case .inputGradient: squall_winograd_backward_data_pass
    case .kernelGradient: squall_winograd_backward_weights_pass
    }
  }
}

extension squall_convolution_shape {
  init(_ g: ConvolutionGeometry, threads: Int) {
    self.init(
      batch: Int64(g.batch), height: Int64(g.inputSize[0]), width: Int64(g.inputSize[1]),
      input_channels: Int64(g.inputChannels), output_height: Int64(g.outputSize[0]),
      output_width: Int64(g.outputSize[1]), output_channels: Int64(g.outputChannels),
      padding_top: Int64(g.paddingBefore[0]), padding_left: Int64(g.paddingBefore[1]),
      kernel_height: Int32(g.kernelSize[0]), kernel_width: Int32(g.kernelSize[1]), threads: Int32(threads),
      input_sample_stride: Int64(g.inputShape.count / g.batch),
      output_sample_stride: Int64(g.outputShape.count / g.batch))
  }
}

extension Storage {
  /// Memory for whole floats in so many bytes.
  convenience init(bytes: Int) {
    self.init(count: (bytes + MemoryLayout<Float>.stride - 1) / MemoryLayout<Float>.stride)
  }
}
