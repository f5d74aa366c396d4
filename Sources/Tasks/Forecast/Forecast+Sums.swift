import Readers

extension Forecast {
  /// Sums over whole hours of the forecast: what falls from lead 0 to 60 minutes, from 60 to 120, …, in millimetres,
  /// member by member. A frame stands for the interval that ends with it. The leads of the sums are the ends of the
  /// hours; quantiles are of the sums, never sums of quantiles.
  ///
  /// - Throws: `ForecastingError` if the values are no rates, or the leads do not divide the hour.
  public func hourlySums() throws -> Forecast {
    func refuse(_ expected: String, _ received: String) -> ForecastingError {
      ForecastingError(
        .invalidOption, in: "hourly sums", expected: expected, received: received,
        remedy: "Leave hourly sums out for this model.")
    }
    guard unit == .millimetresPerHour, hasTimes, let step = leads.first else {
      throw refuse("rain rates at known times", "values in \(unit.rawValue)")
    }
    let perHour = Int((60 / step).rounded())
    guard perHour >= 1, abs(Double(perHour) * step - 60) < 1e-6, leads.count >= perHour else {
      throw refuse(
        "frames that divide the hour, for an hour or more",
        "\(leads.count) frames, one every \(short(step)) minutes")
    }
    let hours = leads.count / perHour
    var sums = [Float](repeating: 0, count: members * hours * pixels)
    sums.withUnsafeMutableBufferPointer { sums in
      values.withUnsafeBufferPointer { values in
        for member in 0..<members {
          for hour in 0..<hours {
            let target = (member * hours + hour) * pixels
            for lead in hour * perHour..<(hour + 1) * perHour {
              let source = member * memberCount + lead * pixels
              for pixel in 0..<pixels { sums[target + pixel] += values[source + pixel] }
            }
            for pixel in target..<target + pixels { sums[pixel] *= Float(step / 60) }
          }
        }
      }
    }
    return try Forecast(
      values: sums, members: members, isValid: isValid, height: height, width: width,
      leads: (1...hours).map { Double($0) * 60 }, hasTimes: true, reference: reference, unit: .millimetres,
      grid: grid, replacements: replacements)
  }
}
