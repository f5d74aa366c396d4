import COneDNN

/// One oneDNN convolution on plain pointers. A recurrent loop holds one and packs its kernel once.
struct FastConvolution {
  enum Direction { case forward, inputGradient, kernelGradient }

  private let operation: Operation
  private let scratchpad: Storage?
  /// Whether operands are rounded to bfloat16 before a float32 operation, where oneDNN works in float32.
  private let rounds: Bool
  private let geometry: ConvolutionGeometry

  /// `nil` where the plain twin is to do the work.
  init?(
    _ direction: Direction, _ geometry: ConvolutionGeometry, withBias: Bool = false,
    accumulating: Bool = false, algorithm: ConvolutionAlgorithm = .direct
  ) {
    guard Backend.current == .oneDNN else { return nil }
    let kind: OperationKey.Kind =
      switch direction {
      case .forward: .convolutionForward
      case .inputGradient: .convolutionInputGradient
      case .kernelGradient: .convolutionKernelGradient
      }
    var options: OperationKey.Options = []
    if withBias { options.insert(.bias) }
    if accumulating { options.insert(.accumulating) }
    let problem = OperationKey.Problem.convolution(geometry, algorithm)
    let inBFloat16 = Precision.use == .bfloat16
    let native =
      Precision.takesInstructions
      ? OperationCache.operation(OperationKey(kind, problem, options.union(.bfloat16))) : nil
    guard let operation = native ?? OperationCache.operation(OperationKey(kind, problem, options))
    else { return nil }
    self.operation = operation
    self.geometry = geometry
    rounds = inBFloat16 && native == nil
    scratchpad = operation.scratchpad()
  }

  /// What the operation reads, in its own numbers and layout; `nil` where the plain array serves.
  private func operand(
    _ argument: squall_onednn_argument, _ plain: UnsafePointer<Float>, _ shape: Shape
  ) -> Storage? {
    guard rounds else { return operation.packed(argument, plain) }
    let rounded = Precision.rounded(plain, count: shape.count)
    return operation.packed(argument, rounded.address) ?? rounded
  }

  /// The kernel of `forward` and `inputGradient` in oneDNN's layout, or as it is where that is the plain one.
  /// The plain array must outlive the result.
  func packed(_ kernel: UnsafePointer<Float>) -> PackedKernel {
    PackedKernel(plain: kernel, packed: operand(squall_onednn_weights, kernel, geometry.kernelShape))
  }

  func forward(
    _ input: UnsafePointer<Float>, _ kernel: PackedKernel, bias: UnsafePointer<Float>?,
    into output: UnsafeMutablePointer<Float>
  ) {
    let x = operand(squall_onednn_source, input, geometry.inputShape)
    var bindings: [Operation.Binding] = [
      .reads(squall_onednn_source, x?.pointer ?? input), .reads(squall_onednn_weights, kernel.address),
      .writes(squall_onednn_destination, output),
    ]
    if let bias { bindings.append(.reads(squall_onednn_bias, bias)) }
    withExtendedLifetime((kernel, x)) { operation.execute(bindings, scratchpad: scratchpad) }
  }

  func inputGradient(
    _ outputGradient: UnsafePointer<Float>, _ kernel: PackedKernel,
    into inputGradient: UnsafeMutablePointer<Float>
  ) {
    let dy = operand(squall_onednn_destination_gradient, outputGradient, geometry.outputShape)
    withExtendedLifetime((kernel, dy)) {
      operation.execute(
        [
          .reads(squall_onednn_destination_gradient, dy?.pointer ?? outputGradient),
          .reads(squall_onednn_weights, kernel.address),
          .writes(squall_onednn_source_gradient, inputGradient),
        ], scratchpad: scratchpad)
    }
  }

  func kernelGradient(
    _ input: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>,
    into kernelGradient: UnsafeMutablePointer<Float>
  ) {
    let count = operation.packedCount(squall_onednn_weights_gradient)
    let packed = count > 0 ? Storage(count: count) : nil
    let x = operand(squall_onednn_source, input, geometry.inputShape)
    let dy = operand(squall_onednn_destination_gradient, outputGradient, geometry.outputShape)
    withExtendedLifetime((x, dy)) {
      operation.execute(
        [
          .reads(squall_onednn_source, x?.pointer ?? input),
          .reads(squall_onednn_destination_gradient, dy?.pointer ?? outputGradient),
          .writes(squall_onednn_weights_gradient, packed?.address ?? kernelGradient),
        ], scratchpad: scratchpad)
    }
    if let packed { operation.unpack(squall_onednn_weights_gradient, packed, into: kernelGradient) }
  }
}

/// A kernel as a `FastConvolution` wants it.
struct PackedKernel {
  fileprivate let plain: UnsafePointer<Float>
  fileprivate let packed: Storage?

  fileprivate var address: UnsafePointer<Float> { packed.map { UnsafePointer($0.address) } ?? plain }
}

extension Storage {
  fileprivate var pointer: UnsafePointer<Float> { UnsafePointer(address) }
}
