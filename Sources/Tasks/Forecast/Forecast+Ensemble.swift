extension Forecast {
  /// An ensemble of forecasts on the same grid and for the same times, their members one after another. There is a
  /// forecast where all of them have one; quantiles and probabilities that they came with are left behind.
  ///
  /// - Throws: `ForecastingError` that names what differs, or if there is none.
  public init(members forecasts: [Forecast]) throws {
    guard let first = forecasts.first else {
      throw ForecastingError(
        .invalidOption, in: "ensemble", expected: "at least one member", received: "none",
        remedy: "Give the forecasts that make the ensemble.")
    }
    for (number, other) in forecasts.enumerated().dropFirst() { try first.checkFits(other, number) }
    guard forecasts.count > 1 else {
      self = first
      return
    }
    var values: [Float] = []
    values.reserveCapacity(forecasts.reduce(0) { $0 + $1.values.count })
    var isValid = first.isValid
    var replacements: [String] = []
    for forecast in forecasts {
      values += forecast.values
      if forecast.isValid != isValid {
        for pixel in isValid.indices where !forecast.isValid[pixel] { isValid[pixel] = false }
      }
      replacements += forecast.replacements.filter { !replacements.contains($0) }
    }
    self = first.with(
      values: values, members: forecasts.reduce(0) { $0 + $1.members }, isValid: isValid,
      replacements: replacements)
  }

  private func checkFits(_ other: Forecast, _ number: Int) throws {
    func refuse(_ expected: String, _ received: String) -> ForecastingError {
      ForecastingError(
        .invalidOption, in: "member \(number + 1)", expected: "\(expected), as in member 1",
        received: received, remedy: "Make all members from the same data at the same time.")
    }
    func times(_ forecast: Forecast) -> String {
      "\(forecast.leads.count) leads, \(forecast.leads.map(short).joined(separator: ", ")) "
        + (forecast.hasTimes ? "minutes" : "frames")
    }
    guard (other.height, other.width) == (height, width) else {
      throw refuse("\(height) × \(width) pixels", "\(other.height) × \(other.width)")
    }
    guard other.grid == grid else {
      func text(_ grid: GridReference?) -> String {
        grid.map { "\($0.projection.text) from \(short($0.left)), \(short($0.top))" } ?? "none"
      }
      throw refuse("the grid \(text(grid))", text(other.grid))
    }
    guard other.leads == leads, other.hasTimes == hasTimes else { throw refuse(times(self), times(other)) }
    guard other.reference == reference else {
      throw refuse(
        "the last observed frame at \(reference.map(clock) ?? "an unknown time")",
        other.reference.map(clock) ?? "an unknown time")
    }
    guard other.unit == unit else {
      throw refuse("values in \(unit.rawValue)", "values in \(other.unit.rawValue)")
    }
  }
}
