import Foundation

/// Forecasts at places over time: at points, or as means over areas.
public struct PlaceSeries: Sendable {
  /// Somewhere on the grid or on Earth.
  public enum Coordinate: Equatable, Sendable {
    /// Degrees.
    case position(latitude: Double, longitude: Double)
    /// Pixels from the top left; whole numbers are centres.
    case pixel(row: Double, column: Double)

    /// `52.10/5.18` (latitude/longitude) or `120,40` (row,column).
    ///
    /// - Throws: `ForecastingError` that shows both forms.
    public init(_ text: String) throws {
      func numbers(_ separator: Character) -> [Double]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
          .map { Double($0.trimmingCharacters(in: .whitespaces)) }
        return parts.count == 2 ? [parts[0], parts[1]].compactMap { $0 } : nil
      }
      if let pair = numbers("/"), pair.count == 2, abs(pair[0]) <= 90, abs(pair[1]) <= 360 {
        self = .position(latitude: pair[0], longitude: pair[1])
      } else if let pair = numbers(","), pair.count == 2, pair.allSatisfy(\.isFinite) {
        self = .pixel(row: pair[0], column: pair[1])
      } else {
        throw ForecastingError(
          .invalidOption, in: "place", expected: "latitude/longitude such as 52.10/5.18, or row,column",
          received: text, remedy: "Write degrees with a stroke, pixels with a comma.")
      }
    }
  }

  /// A point, or the pixels whose centres lie within a polygon.
  public enum Area: Equatable, Sendable {
    case point(Coordinate)
    case polygon([Coordinate])
  }

  /// A place with its name.
  public struct Place: Equatable, Sendable {
    public let name: String
    public let area: Area

    public init(name: String, area: Area) {
      self.name = name
      self.area = area
    }

    /// A point: `52.10/5.18`, `120,40`, or with a name `De Bilt=52.10/5.18`.
    ///
    /// - Throws: `ForecastingError`.
    public init(point text: String) throws {
      let (name, rest) = Self.named(text)
      self.init(name: name ?? rest, area: .point(try Coordinate(rest)))
    }

    /// A polygon: its corners with spaces between, `basin=52.0/5.0 52.3/5.1 52.1/5.6`, or the path of a GeoJSON file
    /// whose first polygon counts.
    ///
    /// - Throws: `ForecastingError`.
    public init(polygon text: String) throws {
      let (name, rest) = Self.named(text)
      if ["json", "geojson"].contains(URL(filePath: rest).pathExtension.lowercased()) {
        let file = URL(filePath: rest)
        self.init(
          name: name ?? file.deletingPathExtension().lastPathComponent, area: .polygon(try Self.ring(file)))
        return
      }
      let corners = try rest.split(separator: " ").map { try Coordinate(String($0)) }
      guard corners.count >= 3 else {
        throw ForecastingError(
          .invalidOption, in: "polygon", expected: "three corners or more with spaces between",
          received: text, remedy: "Write for example \"52.0/5.0 52.3/5.1 52.1/5.6\".")
      }
      self.init(name: name ?? "polygon", area: .polygon(corners))
    }

    private static func named(_ text: String) -> (name: String?, rest: String) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : (nil, text)
    }

    /// The outer ring of the first polygon in a GeoJSON file.
    private static func ring(_ file: URL) throws -> [Coordinate] {
      func pair(_ value: Any) -> [Double]? {
        guard let list = value as? [Any] else { return nil }
        let numbers = list.compactMap { ($0 as? NSNumber)?.doubleValue }
        return numbers.count == list.count && numbers.count >= 2 ? numbers : nil
      }
      func find(_ value: Any) -> [[Double]]? {
        if let list = value as? [Any] {
          let ring = list.compactMap(pair)
          return ring.count >= 3 && ring.count == list.count ? ring : list.lazy.compactMap(find).first
        }
        guard let object = value as? [String: Any] else { return nil }
        for key in ["coordinates", "geometry", "geometries", "features"] {
          if let ring = object[key].flatMap(find) { return ring }
        }
        return nil
      }
      guard let data = try? Data(contentsOf: file), let json = try? JSONSerialization.jsonObject(with: data),
        let ring = find(json)
      else {
        throw ForecastingError(
          .invalidOption, in: file.path, expected: "a GeoJSON file with a polygon",
          received: "none that can be read", remedy: "Check the file.")
      }
      return ring.map { .position(latitude: $0[1], longitude: $0[0]) }
    }
  }

  public let forecast: Forecast
  public let places: [Place]
  /// For each place the pixels and their weights.
  private let pixels: [[(index: Int, weight: Float)]]

  /// - Throws: `ForecastingError` for a place beyond the grid or without a forecast, or a position on Earth where the
  ///   data do not say where they lie.
  public init(_ forecast: Forecast, places: [Place]) throws {
    self.forecast = forecast
    self.places = places
    pixels = try places.map { try Self.pixels(of: $0, in: forecast) }
  }

  /// The value at a place of a field on the forecast's grid, `[row, column]`.
  public func value(_ place: Int, in field: some RandomAccessCollection<Float>) -> Float {
    let total = pixels[place].reduce(0) { $0 + $1.weight }
    let sum = pixels[place].reduce(0) {
      $0 + field[field.index(field.startIndex, offsetBy: $1.index)] * $1.weight
    }
    return sum / total
  }

  /// The quantiles that stand beside the mean where there are several members.
  public static let quantiles = [0.1, 0.5, 0.9]

  /// One line for each lead and place: `time,lead_minutes,place,value`, and with several members
  /// `time,lead_minutes,place,mean,p10,p50,p90`, the quantiles over the members' values at the place.
  public func csv() -> String {
    let names = forecast.members > 1 ? "mean,p10,p50,p90" : "value"
    return "time,\(forecast.hasTimes ? "lead_minutes" : "lead_frames"),place,\(names)\n" + lines(forecast)
  }

  /// One line for each hour and place: `hour_ending,lead_minutes,place,sum_mm`, and with several members
  /// `hour_ending,lead_minutes,place,mean_mm,p10_mm,p50_mm,p90_mm`, the quantiles over the members' sums.
  ///
  /// - Throws: As ``Forecast/hourlySums()``.
  public func hourlyCSV() throws -> String {
    let names = forecast.members > 1 ? "mean_mm,p10_mm,p50_mm,p90_mm" : "sum_mm"
    return try "hour_ending,lead_minutes,place,\(names)\n" + lines(forecast.hourlySums())
  }

  /// A line for each lead and place of a forecast on this grid.
  private func lines(_ forecast: Forecast) -> String {
    let quantiles = Self.quantiles.map { MemberQuantile($0, of: forecast.members) }
    var text = ""
    for (lead, minutes) in forecast.leads.enumerated() {
      for (index, place) in places.enumerated() {
        let values = (0..<forecast.members).map {
          value(index, in: forecast.field(member: $0, lead: lead))
        }
        var numbers = ["\(values[0])"]
        if values.count > 1 {
          let sorted = values.sorted()
          numbers =
            (["\(values.reduce(0, +) / Float(values.count))"]
              + quantiles.map {
                "\(values.allSatisfy(\.isFinite) ? $0.value(sorted: sorted) : .nan)"
              })
        }
        text +=
          "\(stamp(minutes)),\(short(minutes)),\(quoted(place.name)),\(numbers.joined(separator: ","))\n"
      }
    }
    return text
  }

  private func stamp(_ minutes: Double) -> String {
    guard forecast.hasTimes, let reference = forecast.reference else { return "" }
    return reference.addingTimeInterval(minutes * 60).formatted(.iso8601)
  }

  private func quoted(_ name: String) -> String {
    name.contains { ",\"\n".contains($0) } ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
  }

  // MARK: Places on the grid

  private static func pixels(of place: Place, in forecast: Forecast) throws -> [(
    index: Int, weight: Float
  )] {
    let grid = forecast.grid
    func onGrid(_ coordinate: Coordinate) throws -> (row: Double, column: Double) {
      switch coordinate {
      case .pixel(let row, let column): return (row, column)
      case .position(let latitude, let longitude):
        guard let grid else {
          throw ForecastingError(
            .invalidOption, in: place.name, expected: "a place as row,column",
            received: "\(latitude)/\(longitude), and data that do not say where they lie",
            remedy: "Name the pixel instead.")
        }
        return grid.place(longitude: longitude, latitude: latitude)
      }
    }
    let found: [Int]
    switch place.area {
    case .point(let coordinate):
      let point = try onGrid(coordinate)
      let (row, column) = (point.row.rounded(), point.column.rounded())
      guard row >= 0, column >= 0, row < Double(forecast.height), column < Double(forecast.width) else {
        throw beyond(place, "row \(short(point.row)), column \(short(point.column))", forecast)
      }
      found = [Int(row) * forecast.width + Int(column)]
    case .polygon(let corners):
      found = inside(try corners.map(onGrid), forecast)
    }
    let valid = found.filter { forecast.isValid[$0] }
    guard !valid.isEmpty else {
      throw beyond(place, found.isEmpty ? "no pixel" : "pixels that nothing measures", forecast)
    }
    return valid.map { ($0, 1) }
  }

  private static func beyond(
    _ place: Place, _ received: String, _ forecast: Forecast
  ) -> ForecastingError {
    ForecastingError(
      .invalidOption, in: place.name,
      expected:
        "a place on the grid of \(forecast.height) × \(forecast.width) pixels where there is a forecast",
      received: received, remedy: "Check latitude/longitude or row,column.")
  }

  /// The pixels whose centres lie inside, by the even–odd rule.
  private static func inside(
    _ corners: [(row: Double, column: Double)], _ forecast: Forecast
  ) -> [Int] {
    var found: [Int] = []
    for row in 0..<forecast.height {
      let y = Double(row)
      var crossings: [Double] = []
      for (a, b) in zip(corners, corners.dropFirst() + corners.prefix(1)) where (a.row > y) != (b.row > y) {
        crossings.append(a.column + (y - a.row) / (b.row - a.row) * (b.column - a.column))
      }
      crossings.sort()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        let first = max(0, Int(crossings[pair].rounded(.up)))
        let last = min(forecast.width - 1, Int(crossings[pair + 1].rounded(.down)))
        if first <= last { found += (first...last).map { row * forecast.width + $0 } }
      }
    }
    return found
  }
}
