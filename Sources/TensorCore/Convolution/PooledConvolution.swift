import CKernels

/// A convolution over two space axes, a rectifier where it is wanted, and the largest value of each window,
/// in one pass: the convolution's output, four times as large with windows of 2 × 2, never reaches memory,
/// neither in the forward pass nor as something to be kept for the gradient.
///
/// Its twin is `Convolution`, `ActivationFunction` and `Pooling` one after the other.
package struct PooledConvolution: Sendable {
  /// Which pixel of each window was the largest, a byte for each.
  package struct Winners: Sendable {
    fileprivate let storage: Storage

    fileprivate init(_ shape: Shape) { storage = Storage(bytes: shape.count) }

    fileprivate var address: UnsafeMutablePointer<UInt8> {
      UnsafeMutableRawPointer(storage.address).assumingMemoryBound(to: UInt8.self)
    }
  }

  private enum Path { case winograd, shallow }

  /// More input channels than this are left to other kernels.
  private static let shallowChannels = 16

  private let geometry: ConvolutionGeometry
  private let outputShape: Shape
  private let pooling: squall_pooling
  private let path: Path

  /// `nil` where one after the other is to do the work: other than two space axes, strides or dilations in
  /// the convolution, windows that overlap, and shapes for which neither kernel is the fastest.
  ///
  /// - Parameters:
  ///   - geometry: the convolution.
  ///   - pooling: the windows, laid over the convolution's output.
  ///   - isRectified: whether max(0, x) is taken before pooling.
  package init?(_ geometry: ConvolutionGeometry, pooling: PoolingGeometry, isRectified: Bool) {
    require(
      geometry.outputShape == pooling.inputShape,
      "expected windows over \(geometry.outputShape); found windows over \(pooling.inputShape)")
    let window = pooling.windowSize
    guard Backend.current == .oneDNN, squall_pooled_available(), geometry.spatialRank == 2,
      geometry.strides == [1, 1], geometry.dilations == [1, 1], window == pooling.strides,
      pooling.paddingBefore == [0, 0], window[0] * window[1] < Int(SQUALL_NO_WINNER)
    else { return nil }
    self.geometry = geometry
    outputShape = pooling.outputShape
    self.pooling = squall_pooling(
      height: Int64(pooling.outputSize[0]), width: Int64(pooling.outputSize[1]),
      window_height: Int32(window[0]), window_width: Int32(window[1]), rectified: isRectified)
    if Winograd.serves(geometry, .forward) {
      guard squall_winograd_pools(squall_convolution_shape(geometry, threads: 1), self.pooling) else {
        return nil
      }
      path = .winograd
    } else {
      guard geometry.inputChannels <= Self.shallowChannels, window[1] <= 12 else { return nil }
      path = .shallow
    }
  }

  private var shape: squall_convolution_shape {
    squall_convolution_shape(geometry, threads: ThreadTeam.count)
  }

  /// The pooled output `[batch, windows down, windows across, output channels]`, and with `keepingWinners` what
  /// the gradients need.
  ///
  /// - Parameters:
  ///   - input: `[batch, height, width, input channels]`.
  ///   - kernel: `[ky, kx, input channels, output channels]`.
  ///   - bias: `[output channels]`, or none.
  ///   - keepingWinners: whether gradients are to follow.
  package func forward(
    _ input: Tensor, kernel: Tensor, bias: Tensor?, keepingWinners: Bool
  ) -> (output: Tensor, winners: Winners?) {
    require(input, "an input", of: geometry.inputShape)
    require(kernel, "a kernel", of: geometry.kernelShape)
    require(bias, "a bias", ofCount: geometry.outputChannels)
    let (input, kernel) = (Precision.operand(input), Precision.operand(kernel))
    // Once, so that workspaces and kernels agree on the number of threads.
    let shape = shape
    let winners = keepingWinners ? Winners(outputShape) : nil
    let b = bias.map { UnsafePointer($0.storage.address) }
    let output = Tensor(shape: outputShape) { out in
      withExtendedLifetime((input, kernel, bias)) {
        let (x, w, y) = (input.storage.address, kernel.storage.address, out.baseAddress!)
        switch path {
        case .winograd:
          let packed = Storage(bytes: squall_winograd_packed_bytes(shape))
          squall_winograd_pack(shape, w, packed.address)
          let workspace = Storage(bytes: squall_winograd_workspace_bytes(shape, squall_winograd_forward_pass))
          squall_winograd_forward_pooled(
            shape, pooling, x, packed.address, b, y, winners?.address, workspace.address)
        case .shallow:
          let workspace = Storage(bytes: squall_shallow_workspace_bytes(shape, pooling))
          squall_shallow_forward_pooled(shape, pooling, x, w, b, y, winners?.address, workspace.address)
        }
      }
    }
    return (output, winners)
  }

  /// The cotangents of input, kernel and bias, those that are wanted, from that of the output.
  ///
  /// - Parameters:
  ///   - outputGradient: the cotangent of the output, shaped as it.
  ///   - winners: what the forward pass left.
  ///   - input: what the forward pass had; `nil` where the kernel's cotangent is not wanted.
  ///   - kernel: what the forward pass had.
  ///   - wantsInput: whether the input's cotangent is wanted.
  ///   - wantsBias: whether the bias' cotangent is wanted.
  package func gradients(
    _ outputGradient: Tensor, winners: Winners, input: Tensor?, kernel: Tensor, wantsInput: Bool,
    wantsBias: Bool
  ) -> (input: Tensor?, kernel: Tensor?, bias: Tensor?) {
    require(outputGradient, "a cotangent", of: outputShape)
    let isShallow = path == .shallow
    let full =
      wantsInput || (input != nil && !isShallow)
      ? Precision.operand(taking: unpooled(outputGradient, winners)) : nil
    let kernelGradient = input.flatMap { input in
      isShallow
        ? shallowKernelGradient(outputGradient, winners, input)
        : full.map { Convolution.kernelGradient(input: input, outputGradient: $0, geometry) }
    }
    return (
      wantsInput ? full.map { Convolution.inputGradient($0, kernel: kernel, geometry) } : nil,
      kernelGradient,
      wantsBias ? Convolution.biasGradient(rectified(outputGradient, winners)) : nil
    )
  }

  private func unpooled(_ outputGradient: Tensor, _ winners: Winners) -> Tensor {
    Tensor(shape: geometry.outputShape) { full in
      outputGradient.withUnsafeValues { dy in
        squall_unpool(shape, pooling, dy.baseAddress!, winners.address, full.baseAddress!)
      }
    }
  }

  private func rectified(_ outputGradient: Tensor, _ winners: Winners) -> Tensor {
    guard pooling.rectified else { return outputGradient }
    return Tensor(shape: outputShape) { out in
      outputGradient.withUnsafeValues { dy in
        squall_pooled_rectified_gradient(
          dy.baseAddress!, winners.address, out.baseAddress!, Int64(out.count))
      }
    }
  }

  private func shallowKernelGradient(_ outputGradient: Tensor, _ winners: Winners, _ input: Tensor) -> Tensor
  {
    let (outputGradient, input) = (Precision.operand(outputGradient), Precision.operand(input))
    let shape = shape
    return Tensor(shape: geometry.kernelShape) { dw in
      withExtendedLifetime((input, outputGradient)) {
        let workspace = Storage(bytes: squall_shallow_workspace_bytes(shape, pooling))
        squall_shallow_backward_weights_pooled(
          shape, pooling, input.storage.address, outputGradient.storage.address, winners.address,
          dw.baseAddress!, workspace.address)
      }
    }
  }
}
