/// Contingency tables by lead time and threshold, and errors by lead time, of a forecast of several frames.
public struct LeadTimeScores: PixelScore {
  /// Lead time of each forecast frame, in minutes after the last observed frame.
  public let leadTimes: [Double]
  /// Thresholds of the tables, in the unit of the fields.
  public let thresholds: [Float]
  /// `tables[lead][threshold]`.
  public private(set) var tables: [[ContingencyTable]]
  /// `errors[lead]`.
  public private(set) var errors: [ContinuousErrors]

  /// - Throws: ``VerificationError`` without a lead time, or when a threshold is not a number.
  public init(leadTimes: [Double], thresholds: [Float]) throws(VerificationError) {
    guard !leadTimes.isEmpty, leadTimes.allSatisfy(\.isFinite), thresholds.allSatisfy(\.isFinite) else {
      throw VerificationError(
        expected: "one finite lead time per forecast frame and finite thresholds",
        received: "lead times \(leadTimes), thresholds \(thresholds)",
        remedy: "Name the lead times in minutes and the thresholds in the unit of the fields.")
    }
    self.leadTimes = leadTimes
    self.thresholds = thresholds
    tables = leadTimes.map { _ in thresholds.map { ContingencyTable(threshold: $0) } }
    errors = leadTimes.map { _ in ContinuousErrors() }
  }

  /// Adds one forecast, `[time, height, width, channels]` with one frame per lead time.
  public mutating func add(_ pairs: PixelPairs) throws(VerificationError) {
    try add(pairs, samples: 1)
  }

  /// Adds a batch of forecasts, `[batch, time, height, width, channels]` with one frame per lead time.
  ///
  /// - Throws: ``VerificationError`` when the pixels do not divide into the frames of `samples` forecasts.
  public mutating func add(_ pairs: PixelPairs, samples: Int) throws(VerificationError) {
    let frames = samples * leadTimes.count
    guard samples > 0, pairs.count.isMultiple(of: frames) else {
      throw VerificationError(
        expected: "\(samples) forecasts of \(leadTimes.count) frames of equal size",
        received: "\(pairs.count) pixels",
        remedy: "Pass contiguous [batch, time, height, width, channels] with one frame per lead time.")
    }
    let size = pairs.count / frames
    for frame in 0..<frames {
      let lead = frame % leadTimes.count
      let pixels = pairs.slice(frame * size..<(frame + 1) * size)
      errors[lead].add(pixels)
      for index in thresholds.indices { tables[lead][index].add(pixels) }
    }
  }

  /// Adds a batch from memory that the caller owns; the mask is 1 where there is a value.
  ///
  /// - Throws: ``VerificationError`` when counts or frames do not fit.
  public mutating func add(
    forecast: UnsafeBufferPointer<Float>, observation: UnsafeBufferPointer<Float>,
    mask: UnsafeBufferPointer<Float>? = nil, samples: Int
  ) throws(VerificationError) {
    let pairs = try PixelPairs(
      forecast: forecast, observation: observation, mask: mask.map { .floats($0) } ?? .everywhere)
    try add(pairs, samples: samples)
  }

  /// Adds a batch; the mask, if there is one, is `true` where there is a value.
  ///
  /// - Throws: ``VerificationError`` when counts or frames do not fit.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Bool]? = nil, samples: Int
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in
      try add(pairs, samples: samples)
    }
  }

  /// Adds a batch; the mask is 1 where there is a value and 0 where not.
  ///
  /// - Throws: ``VerificationError`` when counts or frames do not fit.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Float], samples: Int
  ) throws(VerificationError) {
    try withPixelPairs(forecast, observation, mask) { pairs throws(VerificationError) in
      try add(pairs, samples: samples)
    }
  }

  /// - Precondition: both have the same lead times and thresholds.
  public mutating func merge(_ other: LeadTimeScores) {
    precondition(
      leadTimes == other.leadTimes && thresholds == other.thresholds,
      "Scores of other lead times or thresholds do not mix.")
    for lead in leadTimes.indices {
      errors[lead].merge(other.errors[lead])
      for index in thresholds.indices { tables[lead][index].merge(other.tables[lead][index]) }
    }
  }

  /// All lead times pooled, one table per threshold.
  public var pooledTables: [ContingencyTable] {
    thresholds.indices.map { index in
      tables.dropFirst().reduce(tables[0][index]) { $0.merged(with: $1[index]) }
    }
  }

  /// The errors of all lead times pooled.
  public var pooledErrors: ContinuousErrors {
    errors.reduce(ContinuousErrors()) { $0.merged(with: $1) }
  }

  /// Pixels of all frames.
  public var tally: PixelTally { pooledErrors.tally }
}

extension LeadTimeScores {
  private enum CodingKeys: CodingKey { case leadTimes, thresholds, tables, errors }

  /// - Throws: `DecodingError` when the tables do not belong to the lead times and thresholds beside them.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      leadTimes: container.decode([Double].self, forKey: .leadTimes),
      thresholds: container.decode([Float].self, forKey: .thresholds))
    tables = try container.decode([[ContingencyTable]].self, forKey: .tables)
    errors = try container.decode([ContinuousErrors].self, forKey: .errors)
    let fits =
      tables.count == leadTimes.count && errors.count == leadTimes.count
      && tables.allSatisfy { $0.map(\.threshold) == thresholds }
    guard fits else {
      throw DecodingError.dataCorruptedError(
        forKey: .tables, in: container,
        debugDescription: "Expected one table per lead time and threshold, in their order.")
    }
  }
}
