/// Where windows lie over an input of one to three space axes: what convolution and pooling have in common.
@usableFromInline
struct WindowWalk {
  @usableFromInline let batch: Int
  @usableFromInline let inputSize: [Int]
  @usableFromInline let outputSize: [Int]
  @usableFromInline let windowSize: [Int]
  @usableFromInline let strides: [Int]
  @usableFromInline let dilations: [Int]
  @usableFromInline let padding: [Int]

  @usableFromInline
  init(_ g: ConvolutionGeometry) {
    self.init(
      batch: g.batch, inputSize: g.inputSize, outputSize: g.outputSize, windowSize: g.kernelSize,
      strides: g.strides, dilations: g.dilations, padding: g.paddingBefore)
  }

  @usableFromInline
  init(_ g: PoolingGeometry) {
    self.init(
      batch: g.batch, inputSize: g.inputSize, outputSize: g.outputSize, windowSize: g.windowSize,
      strides: g.strides, dilations: g.strides.map { _ in 1 }, padding: g.paddingBefore)
  }

  private init(
    batch: Int, inputSize: [Int], outputSize: [Int], windowSize: [Int], strides: [Int], dilations: [Int],
    padding: [Int]
  ) {
    // One or two space axes are three with axes of length 1 before them.
    func three(_ values: [Int], _ filler: Int) -> [Int] {
      [Int](repeating: filler, count: 3 - values.count) + values
    }
    self.batch = batch
    self.inputSize = three(inputSize, 1)
    self.outputSize = three(outputSize, 1)
    self.windowSize = three(windowSize, 1)
    self.strides = three(strides, 1)
    self.dilations = three(dilations, 1)
    self.padding = three(padding, 0)
  }

  /// Calls `body` for every window and every element of it that lies in the input, row-major: the indices of the
  /// output pixel, the input pixel and the element.
  @inlinable
  func forEach(_ body: (_ output: Int, _ input: Int, _ element: Int) -> Void) {
    var output = 0
    for sample in 0..<batch {
      for z in 0..<outputSize[0] {
        for y in 0..<outputSize[1] {
          for x in 0..<outputSize[2] {
            forEachElement(sample, z, y, x) { body(output, $0, $1) }
            output += 1
          }
        }
      }
    }
  }

  @inlinable
  func forEachElement(_ sample: Int, _ z: Int, _ y: Int, _ x: Int, _ body: (Int, Int) -> Void) {
    for kz in 0..<windowSize[0] {
      let iz = z * strides[0] + kz * dilations[0] - padding[0]
      guard iz >= 0, iz < inputSize[0] else { continue }
      for ky in 0..<windowSize[1] {
        let iy = y * strides[1] + ky * dilations[1] - padding[1]
        guard iy >= 0, iy < inputSize[1] else { continue }
        for kx in 0..<windowSize[2] {
          let ix = x * strides[2] + kx * dilations[2] - padding[2]
          guard ix >= 0, ix < inputSize[2] else { continue }
          body(
            ((sample * inputSize[0] + iz) * inputSize[1] + iy) * inputSize[2] + ix,
            (kz * windowSize[1] + ky) * windowSize[2] + kx)
        }
      }
    }
  }
}
