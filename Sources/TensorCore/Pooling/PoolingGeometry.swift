/// What a window is reduced to.
enum PoolingKind: Hashable, Sendable { case maximum, average }

/// The sizes of one pooling, channels last: input `[batch, space…, channels]`, with one to three space axes.
@usableFromInline
package struct PoolingGeometry: Hashable, Sendable {
  @usableFromInline package let batch: Int
  package let inputSize: [Int]
  package let outputSize: [Int]
  @usableFromInline package let channels: Int
  package let windowSize: [Int]
  package let strides: [Int]
  package let paddingBefore: [Int]
  package let paddingAfter: [Int]

  @usableFromInline package var inputShape: Shape { Shape([batch] + inputSize + [channels]) }
  @usableFromInline package var outputShape: Shape { Shape([batch] + outputSize + [channels]) }

  /// Operations of the forward pass, one for each element of each window.
  package var flops: Int { outputShape.count * windowSize.reduce(1, *) }

  /// The sizes that Keras' pooling layers give.
  ///
  /// - Throws: `ShapeError` for a wrong rank, an empty axis, a window larger than the input under `valid`.
  package init(
    input: Shape, window: [Int], strides: [Int], padding: Padding, in place: String = "pooling"
  ) throws(ShapeError) {
    let space = input.rank - 2
    guard (1...3).contains(space), window.count == space, strides.count == space else {
      throw ShapeError(
        .wrongRank, in: place,
        expected: "[batch, space…, channels] with one to three space axes, a window and strides of as many",
        received: "input \(input), window \(window), strides \(strides)",
        remedy: "Reshape the input, or fold time into the batch with TimeDistributed.")
    }
    if let axis = input.dimensions.firstIndex(where: { $0 < 1 }) {
      throw ShapeError(
        .emptyDimension, in: place, expected: "at least one element along every axis",
        received: "axis \(axis) of \(input) is empty", remedy: "Leave empty batches and frames out.")
    }
    guard window.allSatisfy({ $0 >= 1 }), strides.allSatisfy({ $0 >= 1 }) else {
      throw ShapeError(
        .invalidOption, in: place, expected: "a window and strides from 1",
        received: "window \(window), strides \(strides)", remedy: "Give one for each space axis.")
    }
    let inputSize = Array(input.dimensions[1..<(1 + space)])
    for axis in 0..<space where padding == .valid && window[axis] > inputSize[axis] {
      throw ShapeError(
        .kernelLargerThanInput, in: place,
        expected: "at least \(window[axis]) elements along space axis \(axis) for valid padding",
        received: "\(inputSize[axis]) in \(input)",
        remedy: "Use `same` padding, a smaller window or a larger input.")
    }
    let amounts = (0..<space).map { axis in
      padding.amounts(inputSize[axis], kernel: window[axis], stride: strides[axis])
    }
    batch = input[0]
    self.inputSize = inputSize
    outputSize = (0..<space).map { axis in
      padding.outputLength(inputSize[axis], kernel: window[axis], stride: strides[axis])
    }
    channels = input[-1]
    windowSize = window
    self.strides = strides
    paddingBefore = amounts.map(\.before)
    paddingAfter = amounts.map(\.after)
  }
}
