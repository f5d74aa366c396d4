import Autodiff
import Support
import TensorCore

/// How the two parts of the spectral loss are mixed: share · FCL + (1 − share) · FAL.
public struct SpectralOptions: Codable, Hashable, Sendable {
  /// The share of the correlation, 0 to 1.
  public let correlationShare: Double

  /// The mean share over the schedule of Yan et al. 2024 with its constant part of 0.4.
  public static let standardShare = 0.3

  /// - Throws: `LossError` for a share outside 0 to 1.
  public init(correlationShare: Double) throws {
    guard correlationShare >= 0, correlationShare <= 1 else {
      throw LossError(
        .invalidOption, in: Loss.Name.spectral.rawValue, expected: "a correlation share from 0 to 1",
        received: "\(correlationShare)", remedy: "Leave it out for \(Self.standardShare).")
    }
    self.correlationShare = correlationShare
  }

  /// The standard share.
  public init() { correlationShare = Self.standardShare }

  private enum CodingKeys: String, CodingKey { case correlationShare = "correlation_share" }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      correlationShare: container.decodeIfPresent(Double.self, forKey: .correlationShare)
        ?? Self.standardShare)
  }
}

extension Loss {
  /// The mean over frames `[height, width]` of `[…, height, width, channels]`, each counted by its valid pixels, or by
  /// the sum of their weights.
  ///
  /// A missing pixel takes the mean of the frame's valid targets in both fields, so that it makes no difference between
  /// them whatever stands there.
  static func spectral(
    _ prediction: Tensor, _ target: Tensor, _ count: ElementCount, _ options: SpectralOptions
  ) throws -> Measure {
    guard prediction.rank >= 3 else {
      throw ShapeError(
        .wrongRank, in: Name.spectral.rawValue,
        expected: "a prediction of shape […, height, width, channels]",
        received: "\(prediction.shape)", remedy: "Take another loss for values that are no fields.")
    }
    try requireEqualShapes(.spectral, prediction, target, count)
    let frames = SpectralFrames(prediction, target, count)
    let takesGradient = prediction.isTracked
    let (sums, gradient) = frames.sums(options.correlationShare, takesGradient)
    let validCount = sums.reduce(0) { $0 + $1.validCount }
    guard validCount > 0 else {
      throw LossError(
        .nothingValid, in: Name.spectral.rawValue, expected: "at least one valid element",
        received: count.mask == nil
          ? "a prediction of shape \(prediction.shape)" : "a mask of zeros, shape \(prediction.shape)",
        remedy: "Leave out batches in which everything is missing.")
    }
    let total = sums.reduce(0) { $0 + $1.total }
    let mean = recorded(Tensor(Float(total / Double(validCount))), from: [prediction]) { cotangent in
      let factor = cotangent.scalar / Float(validCount)
      return [Elementwise.map(gradient) { $0 * factor }]
    }
    return Measure(value: mean, validCount: validCount)
  }
}

/// The frames of a batch, several of which are worked on at the same time.
private struct SpectralFrames {
  struct Sum {
    /// The loss times the weights of the valid pixels.
    var total: Double
    var validCount: Int
  }

  let prediction: Tensor
  let target: Tensor
  let mask: Tensor?
  let weights: Tensor?
  private let channels: Int
  private let height: Int
  private let width: Int

  init(_ prediction: Tensor, _ target: Tensor, _ count: ElementCount) {
    (self.prediction, self.target) = (prediction.detached, target.detached)
    (mask, weights) = (count.mask?.detached, count.weights?.detached)
    (height, width, channels) = (prediction.shape[-3], prediction.shape[-2], prediction.shape[-1])
  }

  /// The sums of all frames in their order, so that the mean is the same bits for any number of threads, and the
  /// gradient times the number of valid elements.
  func sums(_ share: Double, _ takesGradient: Bool) -> (sums: [Sum], gradient: Tensor) {
    guard prediction.count > 0 else { return ([], prediction) }
    let count = prediction.count / (height * width)
    let transform = FourierTransform(height: height, width: width)
    var sums = [Sum](repeating: Sum(total: 0, validCount: 0), count: count)
    var gradient = Tensor.zeros(takesGradient ? prediction.shape : [0])
    let everywhere = mask ?? .ones([0])
    let alike = weights ?? .ones([0])
    sums.withUnsafeMutableBufferPointer { sums in
      gradient.withUnsafeMutableValues { gradient in
        prediction.withUnsafeValues { p in
          target.withUnsafeValues { t in
            everywhere.withUnsafeValues { mask in
              alike.withUnsafeValues { weights in
                // Frames write to places of their own.
                nonisolated(unsafe) let (sums, gradient) = (sums, gradient)
                ThreadTeam.forEach(count: count) { part in
                  var frame = SpectralFrame(transform)
                  for index in part {
                    sums[index] = add(
                      Values(p: p, t: t, mask: mask, weights: weights), index, share, &frame,
                      to: takesGradient ? gradient : nil)
                  }
                }
              }
            }
          }
        }
      }
    }
    return (sums, gradient)
  }

  private struct Values {
    let p: UnsafeBufferPointer<Float>
    let t: UnsafeBufferPointer<Float>
    /// Empty where everything is valid.
    let mask: UnsafeBufferPointer<Float>
    /// Empty where everything counts alike.
    let weights: UnsafeBufferPointer<Float>
  }

  /// The loss of one frame; its gradient goes to its place.
  private func add(
    _ values: Values, _ index: Int, _ share: Double, _ frame: inout SpectralFrame,
    to gradient: UnsafeMutableBufferPointer<Float>?
  ) -> Sum {
    let pixels = height * width
    let first = index / channels * pixels * channels + index % channels
    let (isMasked, isWeighted) = (!values.mask.isEmpty, !values.weights.isEmpty)
    var (counted, weightSum, targetSum) = (0, 0.0, 0.0)
    for pixel in 0..<pixels {
      let i = first + pixel * channels
      if isMasked, values.mask[i] == 0 { continue }
      counted += 1
      weightSum += isWeighted ? Double(values.weights[i]) : 1
      targetSum += Double(values.t[i])
    }
    guard counted > 0 else { return Sum(total: 0, validCount: 0) }
    let fill = targetSum / Double(counted)
    for pixel in 0..<pixels {
      let i = first + pixel * channels
      let isMissing = isMasked && values.mask[i] == 0
      frame.prediction[pixel] = isMissing ? fill : Double(values.p[i])
      frame.target[pixel] = isMissing ? fill : Double(values.t[i])
    }
    let loss = frame.loss(correlationShare: share, takesGradient: gradient != nil)
    if let gradient {
      for pixel in 0..<pixels {
        let i = first + pixel * channels
        if isMasked, values.mask[i] == 0 { continue }
        gradient[i] = Float(weightSum * frame.gradient[pixel])
      }
    }
    return Sum(total: weightSum * loss, validCount: counted)
  }
}
