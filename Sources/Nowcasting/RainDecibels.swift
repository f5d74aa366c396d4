import Foundation
import Motion

/// Rain rates in mm/h to 10 log₁₀ R and back. Dry is 5 dB below the threshold: −15 dB for 0.1 mm/h.
package struct RainDecibels: Sendable {
  let threshold: Float
  /// The threshold in decibels.
  let floor: Double

  package init(threshold: Float) {
    self.threshold = threshold
    // 0.1 and its like are meant as they are written, not as Float rounds them.
    floor = 10 * log10(Double("\(threshold)") ?? Double(threshold))
  }

  var dry: Double { floor - 5 }

  /// Decibels `[height, width]`; what is missing is dry.
  package func decibels(_ field: ImageField) -> [Double] {
    field.values.indices.map { index in
      let value = field.values[index]
      return field.isValid[index] && value >= threshold ? 10 * log10(Double(value)) : dry
    }
  }

  /// Rain rates in mm/h; 0 below the threshold and where nothing is valid.
  package func rates(_ decibels: [Double], _ isValid: [Bool]) -> [Float] {
    let factor = log(10.0) / 10
    return decibels.indices.map { index in
      isValid[index] && decibels[index] >= floor ? Float(exp(decibels[index] * factor)) : 0
    }
  }
}
