import TensorCore

/// The window of a convolution or pooling over `rank` spatial axes, with its options checked.
struct SpatialWindow {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let padding: Padding
  private let allowsCausal: Bool

  init(
    kernel: Extent, strides: Extent, dilations: Extent = 1, padding: Padding, rank: Int,
    allowsCausal: Bool = false
  ) {
    self.allowsCausal = allowsCausal
    self.kernel = kernel.values(rank: rank)
    self.strides = strides.values(rank: rank)
    self.dilations = dilations.values(rank: rank)
    self.padding = padding
  }

  /// The output length of each spatial axis.
  ///
  /// - Throws: `ShapeError` for options that are not positive or do not go together, or a kernel that does not
  ///   fit into a `valid` input.
  func outputLengths(for lengths: [Int?], in layer: String) throws -> [Int?] {
    try validate(rank: lengths.count, in: layer)
    return try lengths.indices.map { axis in
      guard let length = lengths[axis] else { return nil }
      let output = padding.outputLength(
        length, kernel: kernel[axis], stride: strides[axis], dilation: dilations[axis])
      guard output > 0 else {
        throw ShapeError(
          .kernelLargerThanInput, in: layer,
          expected:
            "at least \((kernel[axis] - 1) * dilations[axis] + 1) elements along spatial axis \(axis)",
          received: "\(length)", remedy: "Use padding `same`, a smaller kernel or a larger input.")
      }
      return output
    }
  }

  private func validate(rank: Int, in layer: String) throws {
    for (option, values) in [("kernel size", kernel), ("stride", strides), ("dilation", dilations)] {
      guard values.count == rank, values.allSatisfy({ $0 > 0 }) else {
        throw ShapeError(
          .invalidOption, in: layer, expected: "a \(option) of \(rank) positive lengths",
          received: "\(values)", remedy: "Give one positive number, or one for each spatial axis.")
      }
    }
    guard padding != .causal || allowsCausal else {
      throw ShapeError(
        .invalidOption, in: layer, expected: "padding valid or same", received: "causal",
        remedy: "Only Conv1D, over time, can be causal.")
    }
    guard strides.allSatisfy({ $0 == 1 }) || dilations.allSatisfy({ $0 == 1 }) else {
      throw ShapeError(
        .strideWithDilation, in: layer, expected: "strides of 1 where the kernel is dilated",
        received: "strides \(strides) with dilation \(dilations)",
        remedy: "Use one of the two; Keras does not combine them either.")
    }
  }
}
