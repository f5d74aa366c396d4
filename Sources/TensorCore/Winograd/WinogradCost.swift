/// A convolution's time in the Winograd domain against direct convolution, in multiplications at the rate of the
/// inner products. The weights of the model were measured on one core with AVX-512.
struct WinogradCost {
  /// Of the transforms: for each tile of 8 × 8 and channel on the side that is read and on the side that is written.
  private static let read = 1700.0
  private static let write = 900.0
  /// Of the transform of one kernel's weights.
  private static let pack = 2500.0
  /// Fewer tiles at once than this wait for the weights to arrive from memory.
  private static let tilesForWeights = 18.0
  /// How much faster it has to be: the price of the coarser rounding, and of the model's own error.
  private static let margin = 1.15

  private let tiles: Double
  /// Points of a tile: 64 where it is 8 pixels long along both axes.
  private let frequencies: Double
  private let tilesTogether: Double
  private let inputs: Double
  private let outputs: Double
  private let kernels: Double
  private let direct: Double

  /// - Parameter steps: how many convolutions share one transform of the weights.
  private let steps: Double

  init(_ geometry: ConvolutionGeometry, threads: Int, steps: Int = 1) {
    let sides = zip(geometry.outputSize, geometry.kernelSize).map {
      Winograd.tileLength(outputs: $0, kernel: $1)
    }
    let size = sides.indices.map { axis in
      let outputs = sides[axis] + 1 - geometry.kernelSize[axis]
      return (geometry.outputSize[axis] + outputs - 1) / outputs
    }
    frequencies = Double(sides.reduce(1, *))
    let tiles = geometry.batch * size.reduce(1, *)
    let share = (tiles + threads - 1) / threads
    // Threads that have no tiles wait.
    self.tiles = Double(share * threads)
    tilesTogether = Double(min(share, 24))
    func padded(_ channels: Int) -> Double { Double((channels + 15) / 16 * 16) }
    inputs = padded(geometry.inputChannels)
    outputs = padded(geometry.outputChannels)
    kernels = Double(geometry.inputChannels * geometry.outputChannels)
    direct =
      Double(geometry.outputSize.reduce(geometry.batch, *)) * kernels
      * Double(geometry.kernelSize.reduce(1, *))
    self.steps = Double(steps)
  }

  func wins(_ direction: FastConvolution.Direction) -> Bool {
    let products = frequencies * tiles * inputs * outputs * max(1, Self.tilesForWeights / tilesTogether)
    let transforms =
      switch direction {
      case .forward: tiles * (inputs * Self.read + outputs * Self.write)
      case .inputGradient: tiles * (outputs * Self.read + inputs * Self.write)
      case .kernelGradient: tiles * (outputs + inputs) * Self.read
      }
    let packing = kernels * Self.pack / steps
    return (products + (transforms + packing) * frequencies / 64) * Self.margin < direct
  }
}
