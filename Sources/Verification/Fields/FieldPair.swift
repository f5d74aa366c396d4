/// Forecast and observation of one field, `[height, width]` row by row, for scores that look at
/// neighbourhoods.
///
/// A view over memory that the caller owns: it must not outlive the call that it is made for.
public struct FieldPair {
  public let height: Int
  public let width: Int
  public let pixels: PixelPairs

  /// - Throws: ``VerificationError`` when there are not height × width pixels.
  public init(height: Int, width: Int, _ pixels: PixelPairs) throws(VerificationError) {
    guard height > 0, width > 0, pixels.count == height * width else {
      throw VerificationError(
        expected: "\(height) × \(width) pixels", received: "\(pixels.count)",
        remedy: "Score one channel of one frame at a time.")
    }
    self.height = height
    self.width = width
    self.pixels = pixels
  }

  /// Copies in `Double`, 0 where a pixel does not count, and which pixels do: valid by the mask and finite.
  func copies() -> (forecast: [Double], observation: [Double], isValid: [Bool]) {
    var forecast = [Double](repeating: 0, count: pixels.count)
    var observation = forecast
    var valid = [Bool](repeating: false, count: pixels.count)
    for index in 0..<pixels.count where pixels.isValid(index) {
      forecast[index] = Double(pixels.forecast[index])
      observation[index] = Double(pixels.observation[index])
      valid[index] = true
    }
    return (forecast, observation, valid)
  }
}

/// A score over whole fields that is gathered field by field; merging equals adding all fields to one.
public protocol FieldScore: Codable, Hashable, Sendable {
  /// Adds one field.
  mutating func add(_ field: FieldPair) throws(VerificationError)
  /// Takes in what another score of the same kind and the same options has gathered.
  mutating func merge(_ other: Self)
}

extension FieldScore {
  /// Both together, as if all fields had been added to one.
  public func merged(with other: Self) -> Self {
    var both = self
    both.merge(other)
    return both
  }

  /// Adds one field `[height, width]`; the mask, if there is one, is `true` where there is a value.
  ///
  /// - Throws: ``VerificationError`` when the counts differ.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Bool]? = nil, height: Int, width: Int
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in
      try add(FieldPair(height: height, width: width, pairs))
    }
  }
}
