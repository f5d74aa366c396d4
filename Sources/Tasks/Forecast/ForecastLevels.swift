/// Fields for each of some levels: quantiles by their level, or probabilities by the threshold that is exceeded.
public struct ForecastLevels<Level: Hashable & Sendable>: Equatable, Sendable {
  public let levels: [Level]
  /// `[level, lead, row, column]`.
  public let values: [Float]

  public init(levels: [Level], values: [Float]) {
    self.levels = levels
    self.values = values
  }
}

extension Forecast {
  /// Quantiles of the members at each pixel, interpolated linearly between the sorted members (Hyndman and Fan 1996,
  /// type 7, as NumPy has it). A pixel where a member is not a finite number has none, NaN.
  ///
  /// - Parameter levels: Between 0 and 1.
  /// - Returns: `[level, lead, row, column]`.
  /// - Throws: `ForecastingError` for levels beyond 0 to 1, or none.
  public func quantile(_ levels: [Double]) throws -> ForecastLevels<Double> {
    guard !levels.isEmpty, levels.allSatisfy({ (0...1).contains($0) }) else {
      throw ForecastingError(
        .invalidOption, in: "quantiles", expected: "levels between 0 and 1", received: "\(levels)",
        remedy: "Name the median as 0.5.")
    }
    let count = memberCount
    let places = levels.map { MemberQuantile($0, of: members) }
    var sorted = [Float](repeating: 0, count: members)
    let fields = [Float](unsafeUninitializedCapacity: levels.count * count) { fields, initialized in
      values.withUnsafeBufferPointer { values in
        for index in 0..<count {
          for member in 0..<members { sorted[member] = values[member * count + index] }
          let isFinite = sorted.allSatisfy(\.isFinite)
          if isFinite, members > 1 { sorted.sort() }
          for (level, place) in places.enumerated() {
            fields.initializeElement(
              at: level * count + index, to: isFinite ? place.value(sorted: sorted) : .nan)
          }
        }
      }
      initialized = levels.count * count
    }
    return ForecastLevels(levels: levels, values: fields)
  }

  /// The share of members above (`>`) each threshold at each pixel. A pixel where a member is not a number has none,
  /// NaN.
  ///
  /// - Parameter thresholds: In the unit of the forecast.
  /// - Returns: `[threshold, lead, row, column]`, from 0 to 1.
  /// - Throws: `ForecastingError` for thresholds that are no finite numbers, or none.
  public func exceedance(_ thresholds: [Float]) throws -> ForecastLevels<Float> {
    guard !thresholds.isEmpty, thresholds.allSatisfy(\.isFinite) else {
      throw ForecastingError(
        .invalidOption, in: "exceedance", expected: "finite thresholds in \(unit.rawValue)",
        received: "\(thresholds)", remedy: "Name at least one threshold.")
    }
    let count = memberCount
    var shares = [Float](repeating: 0, count: thresholds.count * count)
    values.withUnsafeBufferPointer { values in
      for (number, threshold) in thresholds.enumerated() {
        for index in 0..<count {
          var above: Float = 0
          for member in 0..<members {
            let value = values[member * count + index]
            above += value.isNaN ? .nan : value > threshold ? 1 : 0
          }
          shares[number * count + index] = above / Float(members)
        }
      }
    }
    return ForecastLevels(levels: thresholds, values: shares)
  }

  /// The same forecast with quantiles and probabilities of its members, which files then hold too.
  ///
  /// - Throws: `ForecastingError` for senseless levels or thresholds.
  public func adding(quantiles levels: [Double] = [], exceedance thresholds: [Float] = []) throws -> Forecast
  {
    with(
      values: values, members: members, quantiles: levels.isEmpty ? quantiles : try quantile(levels),
      exceedance: thresholds.isEmpty ? exceedance : try exceedance(thresholds))
  }
}

/// Where a quantile lies between sorted members.
struct MemberQuantile {
  private let lower: Int
  private let upper: Int
  private let share: Float

  /// - Precondition: The level lies between 0 and 1.
  init(_ level: Double, of members: Int) {
    let position = level * Double(members - 1)
    lower = min(Int(position), members - 1)
    upper = min(lower + 1, members - 1)
    share = Float(position - Double(lower))
  }

  func value(sorted: [Float]) -> Float { sorted[lower] + share * (sorted[upper] - sorted[lower]) }
}
