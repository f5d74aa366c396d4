/// The continuous ranked probability score of an ensemble, in the unit of the fields: 0 is perfect.
///
/// Over members x₁ … x_m and an observation y (Gneiting and Raftery 2007; Zamo and Naveau 2018),
///
///     CRPS = (1/m) Σ |xᵢ − y| − (1/(2m²)) Σᵢ Σⱼ |xᵢ − xⱼ|
///
/// and the fair version (Ferro 2014), which does not punish small ensembles, divides the second sum by 2m(m − 1)
/// instead. The sum over pairs follows from the sorted members, Σᵢ (2i − m − 1) x₍ᵢ₎ over i = 1 … m. One member gives
/// the mean absolute error; the fair version is then undefined.
///
/// A value: it merges as ``PixelScore``s do. Sums are kept in `Double`. A pixel where a member is not a finite number
/// counts for no member.
public struct EnsembleCRPS: Codable, Hashable, Sendable {
  /// How many members each forecast has.
  public let members: Int
  /// Σ over pixels of Σᵢ |xᵢ − y|.
  public private(set) var sumOfAbsoluteErrors: Double = 0
  /// Σ over pixels of Σ |xᵢ − xⱼ| over the pairs i < j.
  public private(set) var sumOfPairDifferences: Double = 0
  /// Pixels seen so far; the means divide by `tally.valid`.
  public private(set) var tally = PixelTally()

  /// - Throws: ``VerificationError`` without a member.
  public init(members: Int) throws(VerificationError) {
    guard members > 0 else {
      throw VerificationError(
        expected: "at least one member", received: "\(members)", remedy: "Name how many forecasts there are.")
    }
    self.members = members
  }

  /// The mean over pixels; `nil` without a valid pixel.
  public var value: Double? {
    let m = Double(members)
    return ratio(sumOfAbsoluteErrors / m - sumOfPairDifferences / (m * m), Double(tally.valid))
  }

  /// The mean of the fair version; `nil` without a valid pixel or with one member.
  public var fair: Double? {
    guard members > 1 else { return nil }
    let m = Double(members)
    return ratio(sumOfAbsoluteErrors / m - sumOfPairDifferences / (m * (m - 1)), Double(tally.valid))
  }

  /// Adds the pixels of one piece from memory that the caller owns.
  ///
  /// - Parameters:
  ///   - forecasts: The field of each member, all of one size.
  ///   - observation: The observed field.
  ///   - mask: Which pixels have a value.
  /// - Throws: ``VerificationError`` when there is another number of members, or the sizes differ.
  public mutating func add(
    forecasts: [UnsafeBufferPointer<Float>], observation: UnsafeBufferPointer<Float>,
    mask: PixelPairs.Mask = .everywhere
  ) throws(VerificationError) {
    guard forecasts.count == members else {
      throw VerificationError(
        expected: "\(members) members", received: "\(forecasts.count)",
        remedy: "Score ensembles of different sizes apart.")
    }
    for forecast in forecasts {
      _ = try PixelPairs(forecast: forecast, observation: observation, mask: mask)
    }
    var sorted = [Double](repeating: 0, count: members)
    var (errors, differences) = (0.0, 0.0)
    for index in 0..<observation.count {
      let isPresent =
        switch mask {
        case .everywhere: true
        case .booleans(let mask): mask[index]
        case .floats(let mask): mask[index] > 0.5
        }
      guard isPresent else {
        tally.masked += 1
        continue
      }
      for member in 0..<members { sorted[member] = Double(forecasts[member][index]) }
      let observed = Double(observation[index])
      guard sorted.allSatisfy(\.isFinite) else {
        tally.nonFiniteForecasts += 1
        continue
      }
      guard observed.isFinite else {
        tally.nonFiniteObservations += 1
        continue
      }
      tally.valid += 1
      for value in sorted { errors += abs(value - observed) }
      guard members > 1, sorted.contains(where: { $0 != sorted[0] }) else { continue }
      sorted.sort()
      for (place, value) in sorted.enumerated() { differences += Double(2 * place - members + 1) * value }
    }
    sumOfAbsoluteErrors += errors
    sumOfPairDifferences += differences
  }

  /// Adds pixels; the mask, if there is one, is `true` where there is a value.
  ///
  /// - Parameters:
  ///   - forecast: `[member, pixel]`.
  ///   - observation: `[pixel]`.
  ///   - mask: `[pixel]`.
  /// - Throws: ``VerificationError`` when the counts do not fit.
  public mutating func add(
    forecast: [Float], observation: [Float], mask: [Bool]? = nil
  ) throws(VerificationError) {
    guard forecast.count == members * observation.count else {
      throw VerificationError(
        expected: "\(members) members × \(observation.count) pixels", received: "\(forecast.count) values",
        remedy: "Pass forecasts as [member, pixel].")
    }
    try forecast.withUnsafeBufferPointer { forecast throws(VerificationError) in
      try observation.withUnsafeBufferPointer { observation throws(VerificationError) in
        let count = observation.count
        let fields = (0..<members).map {
          UnsafeBufferPointer(rebasing: forecast[$0 * count..<($0 + 1) * count])
        }
        guard let mask else { return try add(forecasts: fields, observation: observation) }
        try mask.withUnsafeBufferPointer { mask throws(VerificationError) in
          try add(forecasts: fields, observation: observation, mask: .booleans(mask))
        }
      }
    }
  }

  /// Takes in what another score of as many members has gathered.
  ///
  /// - Precondition: Both have as many members.
  public mutating func merge(_ other: EnsembleCRPS) {
    precondition(
      members == other.members, "Scores of \(members) and \(other.members) members do not mix.")
    sumOfAbsoluteErrors += other.sumOfAbsoluteErrors
    sumOfPairDifferences += other.sumOfPairDifferences
    tally.merge(other.tally)
  }

  /// Both together, as if all pixels had been added to one.
  public func merged(with other: EnsembleCRPS) -> EnsembleCRPS {
    var both = self
    both.merge(other)
    return both
  }
}
