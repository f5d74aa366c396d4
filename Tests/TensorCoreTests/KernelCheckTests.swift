import CKernels
import TensorCore
import Testing

/// What breaks a kernel's conditions ends the process with a line that names both, in release builds too.
@Suite struct KernelCheckTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func negativeCounts() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = [Float](repeating: 1, count: 4)
      print(squall_sum(x, -1))
    }
    #expect(text(result).contains("squall: squall_sum: expected count >= 0"))
  }

  @Test func sizesOfAConvolution() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let shape = squall_convolution_shape(
        batch: 1, height: 8, width: 8, input_channels: 16, output_height: 8, output_width: 8,
        output_channels: 16,
        padding_top: 1, padding_left: 1, kernel_height: 3, kernel_width: 9, threads: 1,
        input_sample_stride: 1024,
        output_sample_stride: 1024)
      print(squall_winograd_wins(shape, squall_winograd_forward_pass, 1))
    }
    #expect(text(result).contains("squall: squall_winograd_wins: expected (shape).kernel_width >= 2"))
  }

  @Test(.enabled(if: Winograd.isAvailable)) func alignment() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let shape = squall_convolution_shape(
        batch: 1, height: 8, width: 8, input_channels: 16, output_height: 8, output_width: 8,
        output_channels: 16,
        padding_top: 1, padding_left: 1, kernel_height: 3, kernel_width: 3, threads: 1,
        input_sample_stride: 1024,
        output_sample_stride: 1024)
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 1 << 16)
      let odd = memory + (UInt(bitPattern: memory) % 64 == 4 ? 2 : 1)
      squall_winograd_pack(shape, memory, odd)
    }
    #expect(text(result).contains("squall: squall_winograd_pack: expected squall_on_a_line(packed)"))
  }

  /// Without AVX-512, whether the build or the processor lacks it, these kernels say so instead of computing nothing.
  @Test func instructionsThatAreNotThere() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      squall_limit_instructions(squall_instructions_avx2)
      let (x, y) = (
        UnsafeMutablePointer<Float>.allocate(capacity: 4), UnsafeMutablePointer<Float>.allocate(capacity: 4)
      )
      let winners = UnsafeMutablePointer<UInt8>.allocate(capacity: 4)
      squall_pooled_rectified_gradient(x, winners, y, 4)
    }
    #expect(text(result).contains("squall: squall_pooled_rectified_gradient needs AVX-512, which this "))
  }

  /// Swift asks what there is before it calls.
  @Test func nothingIsCalledThatIsNotThere() async {
    await #expect(processExitsWith: .success) {
      squall_limit_instructions(squall_instructions_avx2)
      let g = try ConvolutionGeometry(
        input: [2, 12, 12, 16], kernel: [3, 3, 16, 32], strides: [1, 1], dilations: [1, 1], padding: .same)
      let (x, w) = (Tensor.ones(g.inputShape), Tensor.ones(g.kernelShape))
      Winograd.using(.wherePossible) {
        let y = Convolution.forward(x, kernel: w, bias: nil, g)
        _ = Convolution.inputGradient(y, kernel: w, g)
        _ = Convolution.kernelGradient(input: x, outputGradient: y, g)
      }
      let windows = try PoolingGeometry(
        input: g.outputShape, window: [2, 2], strides: [2, 2], padding: .valid)
      guard PooledConvolution(g, pooling: windows, isRectified: true) == nil else {
        throw CancellationError()
      }
      for kernel in [1, 3] {
        let lstm = try ConvLSTMGeometry(
          input: [1, 2, 8, 8, 4], kernel: [kernel, kernel, 4, 64], recurrentKernel: [kernel, kernel, 16, 64],
          options: .init(padding: .same))
        Winograd.using(.wherePossible) {
          let result = ConvLSTMSequence.forward(
            .ones(lstm.inputShape), kernel: .ones(lstm.kernelShape),
            recurrentKernel: .ones(lstm.recurrentKernelShape),
            bias: nil, lstm, keepingContext: true)
          _ = ConvLSTMSequence.gradient(
            sequence: .ones(lstm.sequenceShape), hidden: nil, cell: nil, context: result.context!, lstm)
        }
      }
    }
  }
}
