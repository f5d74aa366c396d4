import Foundation

/// Peak signal-to-noise ratio in decibels, 10 log₁₀(L² / MSE), of each field and then averaged, as video
/// papers do and as scikit-image's `peak_signal_noise_ratio` gives it for each.
///
/// Higher is better; L is the data range. A field without any error has none and is counted apart. See
/// ``ContinuousErrors/psnr(dataRange:)`` for that of all pixels pooled: the two differ.
public struct PeakSignalToNoise: FieldScore {
  /// L, the distance of the largest and the smallest possible value, in the unit of the fields.
  public let dataRange: Double
  public private(set) var sum = 0.0
  public private(set) var fields = 0
  /// Fields without an error, whose ratio is infinite.
  public private(set) var perfectFields = 0

  /// - Throws: ``VerificationError`` for a data range that is not positive.
  public init(dataRange: Double) throws(VerificationError) {
    guard dataRange > 0, dataRange.isFinite else {
      throw VerificationError(
        expected: "a positive data range", received: "\(dataRange)",
        remedy: "Name the distance of the largest and the smallest possible value.")
    }
    self.dataRange = dataRange
  }

  /// nil without a field that has an error.
  public var value: Double? { ratio(sum, Double(fields)) }

  public mutating func add(_ field: FieldPair) {
    var errors = ContinuousErrors()
    errors.add(field.pixels)
    if let value = errors.psnr(dataRange: dataRange) {
      sum += value
      fields += 1
    } else if errors.tally.valid > 0 {
      perfectFields += 1
    }
  }

  /// - Precondition: the same data range.
  public mutating func merge(_ other: PeakSignalToNoise) {
    precondition(dataRange == other.dataRange, "Other data ranges do not mix.")
    sum += other.sum
    fields += other.fields
    perfectFields += other.perfectFields
  }
}

extension ContinuousErrors {
  /// Peak signal-to-noise ratio of all pixels pooled, 10 log₁₀(L² / MSE) decibels with the data range L; nil
  /// without a valid pixel or without an error.
  public func psnr(dataRange: Double) -> Double? {
    guard let mse, mse > 0 else { return nil }
    return 10 * log10(dataRange * dataRange / mse)
  }

  /// The squared error summed over the pixels of a frame and averaged over frames, as OpenSTL and the
  /// moving-digits papers print it: MSE × `pixels` (height × width × channels). Missing pixels count as the
  /// mean of the others.
  public func mseSummed(overFrameOf pixels: Int) -> Double? { mse.map { $0 * Double(pixels) } }

  /// The absolute error summed over the pixels of a frame and averaged over frames; see
  /// ``mseSummed(overFrameOf:)``.
  public func maeSummed(overFrameOf pixels: Int) -> Double? { mae.map { $0 * Double(pixels) } }
}
