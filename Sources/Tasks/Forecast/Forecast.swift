import Foundation
import Readers

/// A forecast of whole fields in physical units, with one member or several.
public struct Forecast: Equatable, Sendable {
  /// `[member, lead, row, column]`, row by row from the north. A deterministic forecast has one member.
  public let values: [Float]
  public let members: Int
  /// For each pixel `[row, column]` whether there is a forecast: whether it was measured in at least half of the
  /// observed frames.
  public let isValid: [Bool]
  public let height: Int
  public let width: Int
  /// Minutes from the last observed frame; frames where time is unknown. Ascending.
  public let leads: [Double]
  public let hasTimes: Bool
  /// The time of the last observed frame.
  public let reference: Date?
  public let unit: PhysicalUnit
  public let grid: GridReference?
  /// Observed frames that had to be replaced, in words.
  public let replacements: [String]
  /// Quantiles, their levels between 0 and 1; see ``adding(quantiles:exceedance:)``.
  public let quantiles: ForecastLevels<Double>?
  /// Probabilities of values above (`>`) thresholds in the forecast's unit.
  public let exceedance: ForecastLevels<Float>?

  /// - Parameters:
  ///   - values: `[member, lead, row, column]` in the unit.
  ///   - members: How many members the values hold.
  ///   - isValid: `[row, column]`.
  ///   - leads: Minutes, or frames where time is unknown.
  ///   - grid: Where the pixels lie; it has as many rows and columns as the forecast.
  ///   - quantiles: Where the forecast comes with some of its own.
  ///   - exceedance: Where the forecast comes with some of its own.
  /// - Throws: `ForecastingError` that names the numbers if sizes do not agree.
  public init(
    values: [Float], members: Int = 1, isValid: [Bool], height: Int, width: Int, leads: [Double],
    hasTimes: Bool, reference: Date?, unit: PhysicalUnit, grid: GridReference? = nil,
    replacements: [String] = [], quantiles: ForecastLevels<Double>? = nil,
    exceedance: ForecastLevels<Float>? = nil
  ) throws {
    let pixels = height * width
    func check(_ holds: Bool, _ expected: String, _ received: String) throws {
      guard !holds else { return }
      throw ForecastingError(
        .invalidOption, in: "forecast", expected: expected, received: received,
        remedy: "Give values as [member, lead, row, column] and the mask as [row, column].")
    }
    try check(
      members > 0 && !leads.isEmpty && height > 0 && width > 0,
      "at least one member, lead, row and column",
      "\(members) members, \(leads.count) leads, \(height) rows and \(width) columns")
    try check(
      leads.allSatisfy(\.isFinite) && zip(leads, leads.dropFirst()).allSatisfy { $0 < $1 },
      "ascending lead times", "\(leads)")
    try check(
      isValid.count == pixels, "a mask of \(height) × \(width) = \(pixels) pixels", "\(isValid.count)")
    let count = members * leads.count * pixels
    try check(
      values.count == count,
      "\(members) members × \(leads.count) leads × \(height) × \(width) = \(count) values",
      "\(values.count)")
    try check(
      grid.map { $0.height == height && $0.width == width } ?? true, "a grid of \(height) × \(width)",
      "one of \(grid?.height ?? 0) × \(grid?.width ?? 0)")
    for (name, levels, found) in [
      ("quantile levels", quantiles?.levels.count, quantiles?.values.count),
      ("thresholds", exceedance?.levels.count, exceedance?.values.count),
    ] {
      let expected = (levels ?? 0) * leads.count * pixels
      try check(
        levels != 0 && expected == found ?? 0,
        "\(expected) values for \(levels ?? 0) \(name) of \(leads.count) leads × \(height) × \(width)",
        "\(found ?? 0)")
    }
    self.init(
      values, members, isValid, height, width, leads, hasTimes, reference, unit, grid, replacements,
      quantiles, exceedance)
  }

  private init(
    _ values: [Float], _ members: Int, _ isValid: [Bool], _ height: Int, _ width: Int, _ leads: [Double],
    _ hasTimes: Bool, _ reference: Date?, _ unit: PhysicalUnit, _ grid: GridReference?,
    _ replacements: [String], _ quantiles: ForecastLevels<Double>?, _ exceedance: ForecastLevels<Float>?
  ) {
    (self.values, self.members, self.isValid) = (values, members, isValid)
    (self.height, self.width) = (height, width)
    (self.leads, self.hasTimes, self.reference) = (leads, hasTimes, reference)
    (self.unit, self.grid, self.replacements) = (unit, grid, replacements)
    (self.quantiles, self.exceedance) = (quantiles, exceedance)
  }

  /// Other values on the same grid at the same times; sizes are the caller's to keep.
  func with(
    values: [Float], members: Int, isValid: [Bool]? = nil, replacements: [String]? = nil,
    quantiles: ForecastLevels<Double>? = nil, exceedance: ForecastLevels<Float>? = nil
  ) -> Forecast {
    precondition(
      values.count == members * memberCount,
      "\(members) members of \(memberCount) values, found \(values.count)")
    return Forecast(
      values, members, isValid ?? self.isValid, height, width, leads, hasTimes, reference, unit, grid,
      replacements ?? self.replacements, quantiles, exceedance)
  }

  // MARK: Parts

  /// Pixels of a field.
  public var pixels: Int { isValid.count }
  /// Values of a member.
  var memberCount: Int { leads.count * pixels }

  /// The field of a member at a lead, `[row, column]`, without a copy.
  ///
  /// - Precondition: There is such a member and such a lead.
  public func field(member: Int = 0, lead: Int) -> ArraySlice<Float> {
    precondition(
      (0..<members).contains(member) && leads.indices.contains(lead),
      "member \(member) of \(members) at lead \(lead) of \(leads.count)")
    let start = member * memberCount + lead * pixels
    return values[start..<start + pixels]
  }

  /// One member as a forecast of its own; of a forecast with one member the forecast itself.
  ///
  /// - Precondition: There is such a member.
  public func member(_ index: Int) -> Forecast {
    precondition((0..<members).contains(index), "member \(index) of \(members)")
    guard members > 1 else { return self }
    return with(values: Array(values[index * memberCount..<(index + 1) * memberCount]), members: 1)
  }

  /// The mean of the members, a forecast with one member; of a forecast with one member the forecast itself.
  public func mean() -> Forecast {
    guard members > 1 else { return self }
    let count = memberCount
    let scale = 1 / Float(members)
    let mean = [Float](unsafeUninitializedCapacity: count) { mean, initialized in
      values.withUnsafeBufferPointer { values in
        for index in 0..<count {
          var sum: Float = 0
          for member in 0..<members { sum += values[member * count + index] }
          mean.initializeElement(at: index, to: sum * scale)
        }
      }
      initialized = count
    }
    return with(values: mean, members: 1)
  }
}
