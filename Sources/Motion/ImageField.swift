import Foundation

/// One gridded field, `[height, width]` row by row, with an explicit mask.
public struct ImageField: Equatable, Sendable {
  public let height: Int
  public let width: Int
  /// Missing values are 0 here and `false` in ``isValid``.
  public let values: [Float]
  public let isValid: [Bool]

  /// Without a mask all finite values are valid; values that are not finite are missing in any case.
  ///
  /// - Throws: ``MotionError`` when the counts are not height × width, or an axis is empty.
  public init(height: Int, width: Int, values: [Float], isValid: [Bool]? = nil) throws(MotionError) {
    guard height > 0, width > 0, values.count == height * width,
      isValid.map({ $0.count == values.count }) ?? true
    else {
      throw MotionError(
        expected: "\(height) × \(width) values and as many mask entries",
        received: "\(values.count) values" + (isValid.map { ", \($0.count) mask entries" } ?? ""),
        remedy: "Pass values row by row as [height, width].")
    }
    self.height = height
    self.width = width
    let mask = values.indices.map { (isValid?[$0] ?? true) && values[$0].isFinite }
    self.isValid = mask
    self.values = values.indices.map { mask[$0] ? values[$0] : 0 }
  }

  package init(height: Int, width: Int, checked values: [Float], _ isValid: [Bool]) {
    self.height = height
    self.width = width
    self.values = values
    self.isValid = isValid
  }

  /// The smallest and largest valid value; nil where everything is missing.
  var range: (minimum: Float, maximum: Float)? {
    var found: (minimum: Float, maximum: Float)?
    for index in values.indices where isValid[index] {
      let value = values[index]
      let old = found ?? (value, value)
      found = (min(old.minimum, value), max(old.maximum, value))
    }
    return found
  }

  /// Rain rates in mm/h as 10 log₁₀ R, and −15 dB below 0.1 mm/h: in this scale a shower's edge weighs as
  /// much as its core, which is what optical flow needs. The values are those of pysteps.
  public func decibels(threshold: Float = 0.1, zero: Float = -15) -> ImageField {
    let converted = values.indices.map { index -> Float in
      guard isValid[index] else { return 0 }
      return values[index] < threshold ? zero : 10 * log10(values[index])
    }
    return ImageField(height: height, width: width, checked: converted, isValid)
  }
}
