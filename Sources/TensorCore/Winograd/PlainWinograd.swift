/// Convolution in the Winograd domain in plain Swift: the twin of the vector kernels, tile by tile, two space axes,
/// stride 1, no dilation.
package enum PlainWinograd {
  /// The output without bias.
  package static func forward<S: PlainScalar>(_ input: [S], kernel: [S], _ g: ConvolutionGeometry) -> [S] {
    let (down, across) = matrices(g, of: S.self)
    let frequencies = down.tile * across.tile
    let (inputs, outputs) = (g.inputChannels, g.outputChannels)
    let kernels = (0..<inputs * outputs).map { pair in
      applied(down.kernelToPoints, across.kernelToPoints, g.kernelSize) {
        kernel[$0 * inputs * outputs + pair]
      }
    }
    var result = [S](repeating: 0, count: g.outputShape.count)
    forEachTile(g, down.outputs, across.outputs) { tile in
      let points = (0..<inputs).map { channel in
        inputPoints(tile, channel, input, down, across, g)
      }
      for output in 0..<outputs {
        var sum = [S](repeating: 0, count: frequencies)
        for channel in 0..<inputs {
          for f in 0..<frequencies { sum[f] += points[channel][f] * kernels[channel * outputs + output][f] }
        }
        let y = applied(down.pointsToOutput, across.pointsToOutput, [down.tile, across.tile]) { sum[$0] }
        tile.forEachPixel(g) { pixel, place in result[place * outputs + output] = y[pixel] }
      }
    }
    return result
  }

  /// The cotangent of the input: the forward pass of the flipped kernel.
  package static func inputGradient<S: PlainScalar>(
    _ outputGradient: [S], kernel: [S], _ g: ConvolutionGeometry
  ) -> [S] {
    let taps = g.kernelSize.reduce(1, *)
    let (inputs, outputs) = (g.inputChannels, g.outputChannels)
    var flipped = [S](repeating: 0, count: kernel.count)
    for tap in 0..<taps {
      for i in 0..<inputs {
        for o in 0..<outputs {
          flipped[((taps - 1 - tap) * outputs + o) * inputs + i] = kernel[(tap * inputs + i) * outputs + o]
        }
      }
    }
    return forward(outputGradient, kernel: flipped, g.flipped)
  }

  /// The cotangent of the kernel: Gᵀ (Σ over tiles (Bᵀ d B) ⊙ (A dy Aᵀ)) G.
  package static func kernelGradient<S: PlainScalar>(
    _ input: [S], _ outputGradient: [S], _ g: ConvolutionGeometry
  ) -> [S] {
    let (down, across) = matrices(g, of: S.self)
    let frequencies = down.tile * across.tile
    let (inputs, outputs) = (g.inputChannels, g.outputChannels)
    var sums = [[S]](repeating: [S](repeating: 0, count: frequencies), count: inputs * outputs)
    forEachTile(g, down.outputs, across.outputs) { tile in
      let points = (0..<inputs).map { inputPoints(tile, $0, input, down, across, g) }
      for output in 0..<outputs {
        var dy = [S](repeating: 0, count: down.outputs * across.outputs)
        tile.forEachPixel(g) { pixel, place in dy[pixel] = outputGradient[place * outputs + output] }
        let gradient = applied(
          transposed(down.pointsToOutput), transposed(across.pointsToOutput),
          [down.outputs, across.outputs]
        ) { dy[$0] }
        for channel in 0..<inputs {
          for f in 0..<frequencies { sums[channel * outputs + output][f] += points[channel][f] * gradient[f] }
        }
      }
    }
    var result = [S](repeating: 0, count: g.kernelShape.count)
    for pair in sums.indices {
      let taps = applied(
        transposed(down.kernelToPoints), transposed(across.kernelToPoints), [down.tile, across.tile]
      ) { sums[pair][$0] }
      for (tap, value) in taps.enumerated() { result[tap * inputs * outputs + pair] = value }
    }
    return result
  }

  // MARK: Parts

  private struct Tile {
    let sample, row, column: Int
    let rows, columns: Int

    /// Calls `body` with each pixel's place in the tile and in the output.
    func forEachPixel(_ g: ConvolutionGeometry, _ body: (_ pixel: Int, _ place: Int) -> Void) {
      for i in 0..<min(rows, g.outputSize[0] - row) {
        for j in 0..<min(columns, g.outputSize[1] - column) {
          body(i * columns + j, (sample * g.outputSize[0] + row + i) * g.outputSize[1] + column + j)
        }
      }
    }
  }

  private static func matrices<S>(
    _ g: ConvolutionGeometry, of: S.Type
  ) -> (WinogradMatrices<S>, WinogradMatrices<S>) {
    precondition(g.spatialRank == 2 && g.strides == [1, 1] && g.dilations == [1, 1])
    let matrices = zip(g.outputSize, g.kernelSize).map {
      WinogradMatrices<S>(kernel: $1, tile: Winograd.tileLength(outputs: $0, kernel: $1))
    }
    return (matrices[0], matrices[1])
  }

  private static func forEachTile(
    _ g: ConvolutionGeometry, _ rows: Int, _ columns: Int, _ body: (Tile) -> Void
  ) {
    for sample in 0..<g.batch {
      for row in stride(from: 0, to: g.outputSize[0], by: rows) {
        for column in stride(from: 0, to: g.outputSize[1], by: columns) {
          body(Tile(sample: sample, row: row, column: column, rows: rows, columns: columns))
        }
      }
    }
  }

  private static func inputPoints<S: PlainScalar>(
    _ tile: Tile, _ channel: Int, _ input: [S], _ down: WinogradMatrices<S>, _ across: WinogradMatrices<S>,
    _ g: ConvolutionGeometry
  ) -> [S] {
    applied(down.inputToPoints, across.inputToPoints, [down.tile, across.tile]) { pixel in
      let y = tile.row + pixel / across.tile - g.paddingBefore[0]
      let x = tile.column + pixel % across.tile - g.paddingBefore[1]
      guard (0..<g.inputSize[0]).contains(y), (0..<g.inputSize[1]).contains(x) else { return 0 }
      return input[((tile.sample * g.inputSize[0] + y) * g.inputSize[1] + x) * g.inputChannels + channel]
    }
  }

  /// L X Rᵀ for the matrix X of `size`, row-major.
  private static func applied<S: PlainScalar>(
    _ left: [[S]], _ right: [[S]], _ size: [Int], _ x: (Int) -> S
  ) -> [S] {
    left.flatMap { row in
      let half = (0..<size[1]).map { j in
        row.enumerated().reduce(S(0)) { $0 + $1.element * x($1.offset * size[1] + j) }
      }
      return right.map { column in zip(column, half).reduce(S(0)) { $0 + $1.0 * $1.1 } }
    }
  }

  private static func transposed<S>(_ m: [[S]]) -> [[S]] {
    m[0].indices.map { j in m.map { $0[j] } }
  }
}

extension ConvolutionGeometry {
  /// The convolution with the flipped kernel that takes output gradients to input gradients, for stride 1.
  fileprivate var flipped: ConvolutionGeometry {
    ConvolutionGeometry(
      batch: batch, inputSize: outputSize, inputChannels: outputChannels, outputSize: inputSize,
      outputChannels: inputChannels, kernelSize: kernelSize,
      paddingBefore: zip(kernelSize, paddingBefore).map { $0 - 1 - $1 },
      paddingAfter: zip(kernelSize, paddingAfter).map { $0 - 1 - $1 })
  }
}
