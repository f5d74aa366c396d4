import COneDNN

/// One oneDNN convolution on plain pointers, which hold what the precision in force wants. A recurrent loop holds one
/// and packs its kernel once.
package struct FastConvolution {
  package enum Direction { case forward, inputGradient, kernelGradient }

  private let operation: Operation
  private let scratchpad: Storage?

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
    let native =
      Precision.takesInstructions
      ? OperationCache.operation(OperationKey(kind, problem, options.union(.bfloat16))) : nil
    guard let operation = native ?? OperationCache.operation(OperationKey(kind, problem, options))
    else { return nil }
    self.operation = operation
    scratchpad = operation.scratchpad()
  }

  /// The kernel of `forward` and `inputGradient` in oneDNN's layout, or as it is where that is the plain one.
  /// The plain array must outlive the result.
  func packed(_ kernel: UnsafePointer<Float>) -> PackedKernel {
    PackedKernel(plain: kernel, packed: operation.packed(squall_onednn_weights, kernel))
  }

  func forward(
    _ input: UnsafePointer<Float>, _ kernel: PackedKernel, bias: UnsafePointer<Float>?,
    into output: UnsafeMutablePointer<Float>
  ) {
    let x = operation.packed(squall_onednn_source, input)
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
    let dy = operation.packed(squall_onednn_destination_gradient, outputGradient)
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
    let x = operation.packed(squall_onednn_source, input)
    let dy = operation.packed(squall_onednn_destination_gradient, outputGradient)
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
