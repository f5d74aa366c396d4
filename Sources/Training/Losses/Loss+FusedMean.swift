import Autodiff
import TensorCore

extension Loss {
  /// Where an element of a loss lies in the prediction or target: the pointer's first number, and the next ones
  /// of the class axis where there is one.
  typealias Element = UnsafePointer<Float>

  /// The mean over valid elements and its gradient, each in one pass and without intermediate tensors.
  ///
  /// - Parameters:
  ///   - classes: How many numbers of the prediction make one element.
  ///   - targetStride: How many numbers of the target do.
  ///   - value: The loss of one element.
  ///   - slope: Writes the derivatives of `value`, times a factor, for every number of the element.
  @inline(__always)
  static func fusedMean(
    _ name: Name, _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, classes: Int = 1,
    targetStride: Int = 1,
    value: (_ prediction: Element, _ target: Element) -> Float,
    slope:
      @escaping @Sendable (
        _ prediction: Element, _ target: Element, _ factor: Float, _ out: UnsafeMutablePointer<Float>
      ) -> Void
  ) throws -> Measure {
    let (p, t, mask) = (prediction.detached, target.detached, count.mask?.detached)
    let weights = count.weights?.detached
    let elements = p.count / max(classes, 1)
    let blocks = (elements + blockLength - 1) / blockLength
    let sums = [BlockSum](unsafeUninitializedCapacity: blocks) { sums, count in
      // The blocks write to places of their own.
      nonisolated(unsafe) let sums = sums
      p.withUnsafeValues { p in
        t.withUnsafeValues { t in
          forEachBlock(blocks, elements) { block, range in
            var sum = BlockSum(total: 0, validCount: 0)
            forEachValid(mask, weights, range) { i, weight in
              let each = value(p.baseAddress! + i * classes, t.baseAddress! + i * targetStride)
              sum.total += Double(each) * Double(weight)
              sum.validCount += 1
            }
            (sums.baseAddress! + block).initialize(to: sum)
          }
        }
      }
      count = blocks
    }
    let total = sums.reduce(0) { $0 + $1.total }
    let validCount = sums.reduce(0) { $0 + $1.validCount }
    guard validCount > 0 else {
      throw LossError(
        .nothingValid, in: name.rawValue, expected: "at least one valid element",
        received: mask == nil ? "a prediction of shape \(p.shape)" : "a mask of zeros, shape \(p.shape)",
        remedy: "Leave out batches in which everything is missing.")
    }
    let count = validCount
    let mean = recorded(Tensor(Float(total / Double(count))), from: [prediction]) { cotangent in
      let factor = cotangent.scalar / Float(count)
      let gradient = Tensor(shape: p.shape) { out in
        if mask != nil { out.initialize(repeating: 0) }
        p.withUnsafeValues { p in
          t.withUnsafeValues { t in
            forEachBlock(blocks, elements) { _, range in
              forEachValid(mask, weights, range) { i, weight in
                slope(
                  p.baseAddress! + i * classes, t.baseAddress! + i * targetStride, factor * weight,
                  out.baseAddress! + i * classes)
              }
            }
          }
        }
      }
      return [gradient]
    }
    return Measure(value: mean, validCount: count)
  }

  /// Elements are summed in blocks of this length and the blocks' sums one after another, so that the loss is the
  /// same bits for any number of threads.
  private static let blockLength = 1 << 15

  private struct BlockSum {
    var total: Double
    var validCount: Int
  }

  /// Calls `body` with every block and its elements, several at the same time.
  @inline(__always)
  private static func forEachBlock(_ blocks: Int, _ elements: Int, _ body: (Int, Range<Int>) -> Void) {
    ThreadTeam.forEach(count: blocks) { part in
      for block in part { body(block, block * blockLength..<min((block + 1) * blockLength, elements)) }
    }
  }

  /// Calls `body` with every element that counts and its weight.
  @inline(__always)
  private static func forEachValid(
    _ mask: Tensor?, _ weights: Tensor?, _ elements: Range<Int>, _ body: (Int, Float) -> Void
  ) {
    guard mask != nil || weights != nil else {
      for i in elements { body(i, 1) }
      return
    }
    let ones: UnsafePointer<Float>? = nil
    func go(_ mask: UnsafePointer<Float>?, _ weights: UnsafePointer<Float>?) {
      for i in elements where mask.map({ $0[i] != 0 }) ?? true { body(i, weights.map { $0[i] } ?? 1) }
    }
    switch (mask, weights) {
    case (let mask?, let weights?):
      mask.withUnsafeValues { mask in
        weights.withUnsafeValues { weights in go(mask.baseAddress, weights.baseAddress) }
      }
    case (let mask?, nil): mask.withUnsafeValues { go($0.baseAddress, ones) }
    case (nil, let weights?): weights.withUnsafeValues { go(ones, $0.baseAddress) }
    case (nil, nil): break
    }
  }

  /// Checks a prediction against targets and mask of the same shape.
  static func requireEqualShapes(
    _ name: Name, _ prediction: Tensor, _ target: Tensor, _ count: ElementCount
  ) throws {
    try require(name, "a target", target.shape, toHave: prediction.shape)
    try count.require(name.rawValue, prediction.shape)
  }

  /// Checks the class axis of a prediction and the mask over what is left without it; returns the classes.
  static func requireClasses(_ name: Name, _ prediction: Tensor, _ count: ElementCount) throws -> Int {
    guard prediction.rank > 0, prediction.shape[-1] > 0 else {
      throw ShapeError(
        .wrongRank, in: name.rawValue, expected: "a prediction of shape […, classes]",
        received: "\(prediction.shape)", remedy: "Let the model end in one number for each class.")
    }
    try count.require(name.rawValue, Shape(prediction.shape.dimensions.dropLast()))
    return prediction.shape[-1]
  }

  static func require(_ name: Name, _ what: String, _ shape: Shape, toHave expected: Shape) throws {
    try ElementCount.require(name.rawValue, what, shape, toHave: expected)
  }
}
