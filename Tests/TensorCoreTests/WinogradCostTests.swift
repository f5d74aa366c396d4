import CKernels
import TensorCore
import Testing

extension KernelTests {
  /// One cost model decides where convolutions run in the Winograd domain.
  @Suite struct WinogradCostTests {
    /// Every kernel size, images from smaller than a tile up, few and many channels, one sample and a batch.
    static let shapes: [ConvolutionGeometry] = {
      var shapes: [ConvolutionGeometry] = []
      for (height, width) in [(3, 3), (8, 8), (13, 31), (32, 32), (64, 48), (128, 128)] {
        for kernel in [[2, 2], [3, 3], [4, 4], [5, 5], [6, 6], [7, 7], [3, 5], [7, 2]] {
          for (inputs, outputs) in [(1, 16), (3, 64), (16, 16), (32, 128), (64, 64), (260, 20), (256, 512)] {
            for batch in [1, 8] {
              shapes.append(
                try! ConvolutionGeometry(
                  input: [batch, height, width, inputs], kernel: Shape(kernel + [inputs, outputs]),
                  strides: [1, 1], dilations: [1, 1], padding: .same))
            }
          }
        }
      }
      return shapes
    }()

    static let directions: [(FastConvolution.Direction, squall_winograd_pass)] = [
      (.forward, squall_winograd_forward_pass), (.inputGradient, squall_winograd_backward_data_pass),
      (.kernelGradient, squall_winograd_backward_weights_pass),
    ]

    static func shape(_ g: ConvolutionGeometry, threads: Int) -> squall_convolution_shape {
      squall_convolution_shape(
        batch: Int64(g.batch), height: Int64(g.inputSize[0]), width: Int64(g.inputSize[1]),
        input_channels: Int64(g.inputChannels), output_height: Int64(g.outputSize[0]),
        output_width: Int64(g.outputSize[1]), output_channels: Int64(g.outputChannels),
        padding_top: Int64(g.paddingBefore[0]), padding_left: Int64(g.paddingBefore[1]),
        kernel_height: Int32(g.kernelSize[0]), kernel_width: Int32(g.kernelSize[1]), threads: Int32(threads),
        input_sample_stride: Int64(g.inputShape.count / g.batch),
        output_sample_stride: Int64(g.outputShape.count / g.batch))
    }

    /// The formula in Swift.
    static func wins(
      _ g: ConvolutionGeometry, _ direction: FastConvolution.Direction, threads: Int, steps: Int
    ) -> Bool {
      let tile = (0..<2).map { axis -> Int in
        let (outputs, kernel) = (g.outputSize[axis], g.kernelSize[axis])
        if kernel > 5 { return 8 }
        let ofSix: Int = 6 * ((outputs + 6 - kernel) / (7 - kernel))
        let ofEight: Int = 8 * ((outputs + 8 - kernel) / (9 - kernel))
        return ofSix <= ofEight ? 6 : 8
      }
      let size = (0..<2).map { axis -> Int in
        let each: Int = tile[axis] + 1 - g.kernelSize[axis]
        return (g.outputSize[axis] + each - 1) / each
      }
      let share = (g.batch * size[0] * size[1] + threads - 1) / threads
      let (tiles, points) = (Double(share * threads), Double(tile[0] * tile[1]))
      func padded(_ channels: Int) -> Double { Double((channels + 15) / 16 * 16) }
      let (inputs, outputs) = (padded(g.inputChannels), padded(g.outputChannels))
      let kernels = Double(g.inputChannels * g.outputChannels)
      let waiting: Double = max(1, 18 / Double(min(share, 24)))
      let products: Double = points * tiles * inputs * outputs * waiting
      let transforms: Double =
        switch direction {
        case .forward: tiles * (inputs * 1700 + outputs * 900)
        case .inputGradient: tiles * (outputs * 1700 + inputs * 900)
        case .kernelGradient: tiles * (outputs + inputs) * 1700
        }
      let direct = Double(g.flops / 2)
      let packing: Double = kernels * 2500 / Double(steps)
      let winograd: Double = products + (transforms + packing) * points / 64
      return winograd * 1.15 < direct
    }

    @Test func followsItsFormula() {
      var verdicts: [Bool: Int] = [:]
      for g in Self.shapes {
        for (direction, pass) in Self.directions {
          for (threads, steps) in [(1, 1), (2, 1), (3, 10), (2, 1000)] {
            let verdict = squall_winograd_wins(Self.shape(g, threads: threads), pass, Int64(steps))
            #expect(
              verdict == Self.wins(g, direction, threads: threads, steps: steps),
              "\(g.inputShape) \(g.kernelShape) \(direction), \(threads) threads, \(steps) steps")
            verdicts[verdict, default: 0] += 1
          }
        }
      }
      #expect(verdicts[true]! > 100 && verdicts[false]! > 100, "shapes on both sides: \(verdicts)")
    }

    @Test(.enabled(if: Winograd.isAvailable)) func swiftChoosesAsTheKernelsDo() {
      withTeams([1, 2, 3]) {
        for g in Self.shapes {
          for (direction, pass) in Self.directions {
            #expect(
              Winograd.serves(g, direction)
                == squall_winograd_wins(Self.shape(g, threads: ThreadTeam.count), pass, 1),
              "\(g.inputShape) \(g.kernelShape) \(direction)")
          }
        }
      }
    }
  }
}
