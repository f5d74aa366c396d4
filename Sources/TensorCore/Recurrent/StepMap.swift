import CKernels

/// The linear map from an input or a hidden state to the four gates' pre-activations, on time-major arrays: a
/// convolution in a ConvLSTM, a matrix in an LSTM. `steps` consecutive time steps lie one after another.
protocol StepMap {
  /// y = W x + b
  func forward(
    _ x: UnsafePointer<Float>, steps: Int, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>)

  /// y += W x for one step.
  func accumulate(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>)

  /// dx = Wᵀ dy
  func inputGradient(
    _ dy: UnsafePointer<Float>, steps: Int, into dx: UnsafeMutablePointer<Float>)

  /// dW = Σ dy xᵀ, added to what is there with `accumulating`.
  func kernelGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, steps: Int,
    into dw: UnsafeMutablePointer<Float>, accumulating: Bool)

  /// How many elements W has.
  var kernelCount: Int { get }
}

/// A matrix `[inputs, outputs]` applied to each row of a step.
struct MatrixMap: StepMap {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let kernel: UnsafePointer<Float>

  var kernelCount: Int { inputs * outputs }

  func forward(
    _ x: UnsafePointer<Float>, steps: Int, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>
  ) {
    if let bias { squall_fill_rows(bias, y, Int64(steps * rows), Int64(outputs)) }
    MatrixProduct.multiply(
      x, kernel, false, false, .init(m: steps * rows, n: outputs, k: inputs), into: y,
      accumulating: bias != nil)
  }

  func accumulate(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    MatrixProduct.multiply(
      x, kernel, false, false, .init(m: rows, n: outputs, k: inputs), into: y, accumulating: true)
  }

  func inputGradient(
    _ dy: UnsafePointer<Float>, steps: Int, into dx: UnsafeMutablePointer<Float>
  ) {
    MatrixProduct.multiply(
      dy, kernel, false, true, .init(m: steps * rows, n: inputs, k: outputs), into: dx,
      accumulating: false)
  }

  func kernelGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, steps: Int,
    into dw: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    MatrixProduct.multiply(
      x, dy, true, false, .init(m: inputs, n: outputs, k: steps * rows), into: dw,
      accumulating: accumulating)
  }
}

/// A convolution applied to each step. Its kernel is packed once for each operation that uses it.
final class ConvolutionMap: StepMap {
  /// The convolution of one step.
  private let geometry: ConvolutionGeometry
  private let kernel: UnsafePointer<Float>

  private struct Key: Hashable {
    let direction: FastConvolution.Direction
    let steps: Int
    let withBias: Bool
    let accumulating: Bool
  }

  var kernelCount: Int { geometry.kernelShape.count }

  private var ready: [Key: (FastConvolution, PackedKernel)] = [:]
  private var readyInWinograd: [Key: (WinogradConvolution, Storage)] = [:]

  init(_ geometry: ConvolutionGeometry, kernel: UnsafePointer<Float>) {
    self.geometry = geometry
    self.kernel = kernel
  }

  private func convolution(
    _ direction: FastConvolution.Direction, steps: Int, withBias: Bool = false, accumulating: Bool = false
  ) -> (FastConvolution, PackedKernel)? {
    let key = Key(direction: direction, steps: steps, withBias: withBias, accumulating: accumulating)
    if let known = ready[key] { return known }
    guard
      let fast = FastConvolution(
        direction, geometry.withBatch(steps * geometry.batch), withBias: withBias,
        accumulating: accumulating)
    else { return nil }
    let made = (fast, fast.packed(kernel))
    ready[key] = made
    return made
  }

  private func winograd(
    _ direction: FastConvolution.Direction, steps: Int
  ) -> (WinogradConvolution, Storage)? {
    let key = Key(direction: direction, steps: steps, withBias: false, accumulating: false)
    if let known = readyInWinograd[key] { return known }
    guard let winograd = WinogradConvolution(direction, geometry.withBatch(steps * geometry.batch))
    else { return nil }
    let made = (winograd, winograd.packed(kernel))
    readyInWinograd[key] = made
    return made
  }

  func forward(
    _ x: UnsafePointer<Float>, steps: Int, bias: UnsafePointer<Float>?,
    into y: UnsafeMutablePointer<Float>
  ) {
    if let (winograd, packed) = winograd(.forward, steps: steps) {
      winograd.forward(x, packed, bias: bias, into: y)
      return
    }
    if let (fast, packed) = convolution(.forward, steps: steps, withBias: bias != nil) {
      fast.forward(x, packed, bias: bias, into: y)
      return
    }
    let geometry = geometry.withBatch(steps * geometry.batch)
    let plain = PlainConvolution.forward(
      Self.copy(x, geometry.inputShape), kernel: Self.copy(kernel, geometry.kernelShape),
      bias: bias.map { Self.copy($0, [geometry.outputChannels]) }, geometry)
    y.update(from: plain, count: plain.count)
  }

  func accumulate(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    if let (fast, packed) = convolution(.forward, steps: 1, accumulating: true) {
      fast.forward(x, packed, bias: nil, into: y)
      return
    }
    let plain = Storage(count: geometry.outputShape.count)
    forward(x, steps: 1, bias: nil, into: plain.address)
    squall_accumulate(plain.address, y, Int64(plain.count))
  }

  func inputGradient(
    _ dy: UnsafePointer<Float>, steps: Int, into dx: UnsafeMutablePointer<Float>
  ) {
    if let (winograd, packed) = winograd(.inputGradient, steps: steps) {
      winograd.inputGradient(dy, packed, into: dx)
      return
    }
    if let (fast, packed) = convolution(.inputGradient, steps: steps) {
      fast.inputGradient(dy, packed, into: dx)
      return
    }
    let geometry = geometry.withBatch(steps * geometry.batch)
    let plain = PlainConvolution.inputGradient(
      Self.copy(dy, geometry.outputShape), kernel: Self.copy(kernel, geometry.kernelShape), geometry)
    dx.update(from: plain, count: plain.count)
  }

  func kernelGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, steps: Int,
    into dw: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    if accumulating {
      let part = Storage(count: geometry.kernelShape.count)
      kernelGradient(x, dy, steps: steps, into: part.address, accumulating: false)
      squall_accumulate(part.address, dw, Int64(part.count))
      return
    }
    if let winograd = WinogradConvolution(.kernelGradient, geometry.withBatch(steps * geometry.batch)) {
      winograd.kernelGradient(x, dy, into: dw)
      return
    }
    if let (fast, _) = convolution(.kernelGradient, steps: steps) {
      fast.kernelGradient(x, dy, into: dw)
      return
    }
    let geometry = geometry.withBatch(steps * geometry.batch)
    let plain = PlainConvolution.kernelGradient(
      Self.copy(x, geometry.inputShape), Self.copy(dy, geometry.outputShape), geometry)
    dw.update(from: plain, count: plain.count)
  }

  private static func copy(_ pointer: UnsafePointer<Float>, _ shape: Shape) -> [Float] {
    Array(UnsafeBufferPointer(start: pointer, count: shape.count))
  }
}
