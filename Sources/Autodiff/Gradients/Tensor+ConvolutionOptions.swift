import TensorCore

// Convolutions by Keras' options. Those by sizes that have been checked are in `Tensor+Convolution`.

extension Tensor {
  /// The convolution of `groups` groups of channels, each with a kernel of its own, which stand side by side
  /// in the last axis of `[kernel…, channels / groups, filters]`, put through an activation.
  ///
  /// - Throws: `ShapeError` if maps and kernel do not fit together.
  public func convolved(
    with kernel: Tensor, bias: Tensor?, groups: Int, strides: [Int], dilations: [Int], padding: Padding,
    activation: Activation = .linear, in place: String
  ) throws -> Tensor {
    func part(_ x: Tensor, _ group: Int) -> Tensor {
      let length = x.shape[-1] / groups
      return groups == 1 ? x : x.slice(axis: -1, group * length..<(group + 1) * length)
    }
    let outputs = try (0..<groups).map { group in
      let (maps, weights) = (part(self, group), part(kernel, group))
      let geometry = try ConvolutionGeometry(
        input: maps.shape, kernel: weights.shape, strides: strides, dilations: dilations, padding: padding,
        in: place)
      return maps.convolved(
        with: weights, bias: bias.map { part($0, group) }, activation: groups == 1 ? activation : .linear,
        geometry)
    }
    return groups == 1 ? outputs[0] : .concatenated(outputs, axis: -1).activated(by: activation)
  }

  /// The transposed convolution of maps `[batch, spatial…, channels]` with a kernel
  /// `[kernel…, filters, channels]`, plus a bias `[filters]`.
  ///
  /// - Parameters:
  ///   - kernel: `[kernel…, filters, channels]`.
  ///   - bias: `[filters]`, or none.
  ///   - strides: one for each space axis; `nil` is 1 everywhere.
  ///   - dilations: one for each space axis; `nil` is 1 everywhere.
  ///   - padding: how windows meet the border, as in the convolution that it mirrors.
  ///   - outputPadding: what is added to the smallest output size; `nil` follows Keras.
  /// - Throws: `ShapeError` if maps and kernel do not fit together.
  public func transposedConvolved(
    with kernel: Tensor, bias: Tensor? = nil, strides: [Int]? = nil, dilations: [Int]? = nil,
    padding: Padding = .valid, outputPadding: [Int]? = nil
  ) throws -> Tensor {
    let ones = [Int](repeating: 1, count: max(0, rank - 2))
    let geometry = try TransposedConvolutionGeometry(
      input: shape, kernel: kernel.shape, strides: strides ?? ones, dilations: dilations ?? ones,
      padding: padding, outputPadding: outputPadding, in: "transposedConvolved")
    return transposedConvolved(with: kernel, bias: bias, geometry)
  }

  /// The convolution of every channel by itself, of maps `[batch, spatial…, channels]` with a kernel
  /// `[kernel…, channels, multiplier]`: `[batch, spatial…, channels · multiplier]`.
  ///
  /// - Parameters:
  ///   - kernel: `[kernel…, channels, multiplier]`.
  ///   - strides: one for each space axis; `nil` is 1 everywhere.
  ///   - dilations: one for each space axis; `nil` is 1 everywhere.
  ///   - padding: how windows meet the border.
  /// - Throws: `ShapeError` if maps and kernel do not fit together.
  public func depthwiseConvolved(
    with kernel: Tensor, strides: [Int]? = nil, dilations: [Int]? = nil, padding: Padding = .valid
  ) throws -> Tensor {
    let ones = [Int](repeating: 1, count: max(0, rank - 2))
    let geometry = try ConvolutionGeometry(
      input: shape, kernel: kernel.shape, strides: strides ?? ones, dilations: dilations ?? ones,
      padding: padding, in: "depthwiseConvolved")
    return depthwiseConvolved(with: kernel, geometry)
  }
}
