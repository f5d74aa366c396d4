import Foundation
import Readers

/// Any field in the range in which networks learn well:
///
///     y = (T(x) − shift) / scale
///
/// with T a ``ValueTransform``. A value below the threshold of T and a missing one stay apart: the first is T's own
/// value for it, the second ``fillValue``.
public struct FieldNormalizer: Normalizer {
  /// How shift and scale are chosen from the training part.
  public enum Method: String, Codable, CaseIterable, Sendable {
    /// Mean 0 and standard deviation 1.
    case standard
    /// The smallest value 0 and the largest 1.
    case minMax
    /// 0 stays 0 and the root mean square is 1.
    case zeroAtZero
  }

  public let transform: ValueTransform
  public let shift: Float
  public let scale: Float
  public let fillValue: Float

  /// A normaliser with known constants.
  ///
  /// - Parameters:
  ///   - transform: The function that comes first.
  ///   - shift: What is taken from values.
  ///   - scale: What values are divided by.
  ///   - fillValue: The normalised value of missing pixels; by default half a unit below that of 0, or 0
  ///     where nothing is transformed.
  /// - Throws: `DataError` if the scale is not positive, or a constant is not finite.
  public init(
    transform: ValueTransform = .identity, shift: Float, scale: Float, fillValue: Float? = nil
  ) throws {
    try transform.check()
    guard scale > 0, scale.isFinite, shift.isFinite, fillValue?.isFinite ?? true else {
      throw DataError(
        .invalidOption, expected: "a positive scale, all constants finite",
        received: "shift \(shift), scale \(scale)", remedy: "Fit the normaliser on frames that differ.")
    }
    self.transform = transform
    self.shift = shift
    self.scale = scale
    self.fillValue = fillValue ?? (transform == .identity ? 0 : (transform(0) - shift) / scale - 0.5)
  }

  /// Fits shift and scale on the valid values of some frames: the training part, and nothing else.
  ///
  /// - Throws: `DataError` if no value is valid or all are the same; whatever reading throws.
  public init(
    fittedOn source: some FrameSource, frames: some Sequence<Int>, transform: ValueTransform = .identity,
    method: Method = .standard
  ) throws {
    try transform.check()
    var (count, mean, squares, products) = (0.0, 0.0, 0.0, 0.0)
    var (low, high) = (Double.infinity, -Double.infinity)
    for index in frames {
      let frame = try source.frame(at: index)
      for (value, isValid) in zip(frame.values, frame.isValid) where isValid {
        let y = Double(transform(value))
        count += 1
        let difference = y - mean
        mean += difference / count
        squares += difference * (y - mean)
        products += y * y
        low = min(low, y)
        high = max(high, y)
      }
    }
    guard count > 0, high > low || method == .zeroAtZero && high != 0 else {
      throw DataError(
        .badValue, expected: "different values in the training part",
        received: count == 0 ? "no valid value" : "\(low) everywhere", remedy: "Train on other data.")
    }
    switch method {
    case .standard:
      try self.init(
        transform: transform, shift: Float(mean), scale: Float((squares / count).squareRoot()))
    case .minMax:
      try self.init(
        transform: transform, shift: Float(low), scale: Float(high - low),
        fillValue: transform == .identity ? -0.5 : nil)
    case .zeroAtZero:
      try self.init(transform: transform, shift: 0, scale: Float((products / count).squareRoot()))
    }
  }

  /// A stored normaliser.
  ///
  /// - Throws: `DecodingError` for missing constants, `DataError` for senseless ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      transform: container.decode(ValueTransform.self, forKey: .transform),
      shift: container.decode(Float.self, forKey: .shift),
      scale: container.decode(Float.self, forKey: .scale),
      fillValue: container.decode(Float.self, forKey: .fillValue))
  }

  public func normalize(_ value: Float) -> Float { (transform(value) - shift) / scale }
  public func denormalize(_ value: Float) -> Float { transform.inverse(value * scale + shift) }
}
