/// A score over pixels that is gathered piece by piece.
///
/// A value: pieces can be scored apart (by file, by thread, by run) and merged afterwards. Merging equals
/// pooling, that is, scoring all pixels at once.
public protocol PixelScore: Codable, Hashable, Sendable {
  /// Pixels seen so far.
  var tally: PixelTally { get }
  /// Adds the pixels of one piece.
  mutating func add(_ pairs: PixelPairs) throws(VerificationError)
  /// Takes in what another score of the same kind and the same options has gathered.
  mutating func merge(_ other: Self)
}

extension PixelScore {
  /// Both together, as if all pixels had been added to one.
  public func merged(with other: Self) -> Self {
    var both = self
    both.merge(other)
    return both
  }

  /// Adds pixels from memory that the caller owns; the mask is 1 where there is a value.
  ///
  /// - Throws: ``VerificationError`` when the counts differ.
  public mutating func add(
    forecast: UnsafeBufferPointer<Float>, observation: UnsafeBufferPointer<Float>,
    mask: UnsafeBufferPointer<Float>? = nil
  ) throws(VerificationError) {
    try add(
      PixelPairs(
        forecast: forecast, observation: observation, mask: mask.map { .floats($0) } ?? .everywhere))
  }

  /// Adds pixels; the mask, if there is one, is `true` where there is a value.
  ///
  /// - Throws: ``VerificationError`` when the counts differ.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Bool]? = nil
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in try add(pairs) }
  }

  /// Adds pixels; the mask is 1 where there is a value and 0 where not.
  ///
  /// - Throws: ``VerificationError`` when the counts differ.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Float]
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in try add(pairs) }
  }
}

func withPixelPairs(
  _ forecast: [Float], _ observation: [Float], _ mask: [Bool]?,
  _ body: (PixelPairs) throws(VerificationError) -> Void
) throws(VerificationError) {
  try forecast.withUnsafeBufferPointer { f throws(VerificationError) in
    try observation.withUnsafeBufferPointer { o throws(VerificationError) in
      guard let mask else { return try body(PixelPairs(forecast: f, observation: o)) }
      try mask.withUnsafeBufferPointer { m throws(VerificationError) in
        try body(PixelPairs(forecast: f, observation: o, mask: .booleans(m)))
      }
    }
  }
}

func withPixelPairs(
  _ forecast: [Float], _ observation: [Float], _ mask: [Float],
  _ body: (PixelPairs) throws(VerificationError) -> Void
) throws(VerificationError) {
  try forecast.withUnsafeBufferPointer { f throws(VerificationError) in
    try observation.withUnsafeBufferPointer { o throws(VerificationError) in
      try mask.withUnsafeBufferPointer { m throws(VerificationError) in
        try body(PixelPairs(forecast: f, observation: o, mask: .floats(m)))
      }
    }
  }
}

/// `numerator / denominator`, or nil where the quotient has no meaning.
func ratio(_ numerator: Double, _ denominator: Double) -> Double? {
  denominator == 0 ? nil : numerator / denominator
}
