import Foundation
import HDF5

/// A forecast as a NetCDF-4 file by the CF conventions 1.8: valid times, reference time, forecast periods, coordinates
/// on the map and on Earth, and the projection, as far as the data tell them. Several members lie along a dimension
/// `realization`, quantiles and probabilities in variables of their own.
struct ForecastNetCDF {
  let forecast: Forecast
  let withHourlySums: Bool
  /// How good the model was, and which member that was of several.
  let skill: ModelSkill?
  let member: String?

  /// NetCDF's own fill value for floats.
  static let fill: Float = 9.96921e36

  init(_ forecast: Forecast, withHourlySums: Bool, skill: ModelSkill? = nil, member: String? = nil) {
    self.forecast = forecast
    self.withHourlySums = withHourlySums
    (self.skill, self.member) = (skill, member)
  }

  func encoded() throws -> Data {
    var image = NetCDFImage(attributes: [
      ("Conventions", .text("CF-1.8")), ("title", .text("Forecast by a model trained with Squall")),
      ("source", .text("Squall")),
    ])
    image.variables += timeVariables(forecast.leads, name: "time")
    if let reference = forecast.reference {
      image.variables.append(
        .init(
          "forecast_reference_time", values: .doubles([reference.timeIntervalSince1970]),
          attributes: [
            ("standard_name", .text("forecast_reference_time")), ("units", .text(Self.epoch)),
            ("calendar", .text("standard")),
          ]))
    }
    image.variables.append(
      .init(
        "forecast_period", dimensions: ["time"], values: .doubles(forecast.leads),
        attributes: [
          ("standard_name", .text("forecast_period")),
          ("long_name", .text("time since the last observed frame")),
          ("units", .text(forecast.hasTimes ? "minutes" : "1")),
        ]))
    image.variables += gridVariables()
    if forecast.members > 1 {
      image.variables.append(
        .init(
          "realization", dimensions: ["realization"],
          values: .integers((0..<Int32(forecast.members)).map { $0 }),
          attributes: [
            ("standard_name", .text("realization")), ("long_name", .text("ensemble member")),
            ("units", .text("1")),
          ]))
    }
    image.variables.append(
      .init(
        quantity.variable, dimensions: memberAxis + ["time"] + axes, values: .floats(filled(forecast.values)),
        attributes: quantity.attributes + fieldAttributes))
    image.variables += levelVariables
    if withHourlySums {
      let sums = try forecast.hourlySums()
      image.variables += timeVariables(sums.leads, name: "hour_ending")
      image.variables.append(
        .init(
          "rainfall_amount", dimensions: memberAxis + ["hour_ending"] + axes,
          values: .floats(filled(sums.values)),
          attributes: [
            ("standard_name", .text("lwe_thickness_of_precipitation_amount")), ("units", .text("mm")),
            ("long_name", .text("rain of the hour")), ("cell_methods", .text("hour_ending: sum")),
          ] + fieldAttributes))
      if forecast.members > 1, let levels = forecast.quantiles?.levels {
        let quantiles = try sums.quantile(levels)
        image.variables.append(
          .init(
            "rainfall_amount_quantile", dimensions: ["quantile", "hour_ending"] + axes,
            values: .floats(filled(quantiles.values)),
            attributes: [
              ("units", .text("mm")), ("long_name", .text("quantiles of the rain of the hour over members")),
            ] + fieldAttributes))
      }
    }
    if let skill { image.variables += skill.variables(hasTimes: forecast.hasTimes, member: member) }
    return try image.encoded()
  }

  private var memberAxis: [String] { forecast.members > 1 ? ["realization"] : [] }

  /// Quantiles and probabilities of exceedance, as far as the forecast holds them.
  private var levelVariables: [NetCDFImage.Variable] {
    let units = quantity.attributes.filter { $0.name == "units" }
    var variables: [NetCDFImage.Variable] = []
    if let quantiles = forecast.quantiles {
      variables += [
        .init(
          "quantile", dimensions: ["quantile"], values: .doubles(quantiles.levels),
          attributes: [("long_name", .text("level of the quantile")), ("units", .text("1"))]),
        .init(
          quantity.variable + "_quantile", dimensions: ["quantile", "time"] + axes,
          values: .floats(filled(quantiles.values)),
          attributes: [("long_name", .text("quantiles of \(quantity.variable)"))] + units + fieldAttributes),
      ]
    }
    if let exceedance = forecast.exceedance {
      variables += [
        .init(
          "threshold", dimensions: ["threshold"], values: .floats(exceedance.levels),
          attributes: quantity.attributes + [("spp__relative_to_threshold", .text("greater_than"))]),
        .init(
          "probability_of_\(quantity.variable)_above_threshold", dimensions: ["threshold", "time"] + axes,
          values: .floats(filled(exceedance.values)),
          attributes: [
            ("long_name", .text("probability of \(quantity.variable) above threshold")),
            ("units", .text("1")),
          ] + fieldAttributes),
      ]
    }
    return variables
  }

  private static let epoch = "seconds since 1970-01-01 00:00:00"

  /// The variable's name and what it says of itself.
  private var quantity: (variable: String, attributes: [(name: String, value: NetCDFImage.Attribute)]) {
    switch forecast.unit {
    case .millimetresPerHour:
      ("rainfall_rate", [("standard_name", .text("rainfall_rate")), ("units", .text("mm h-1"))])
    case .millimetres:
      (
        "rainfall_amount_of_frame",
        [("standard_name", .text("lwe_thickness_of_precipitation_amount")), ("units", .text("mm"))]
      )
    case .decibelsZ:
      (
        "reflectivity",
        [("standard_name", .text("equivalent_reflectivity_factor")), ("units", .text("dBZ"))]
      )
    case .brightness, .dimensionless:
      ("value", [("long_name", .text(forecast.unit.rawValue)), ("units", .text("1"))])
    }
  }

  private var isGeographic: Bool { forecast.grid?.projection.kind == .longitudeLatitude }

  private var axes: [String] { isGeographic ? ["latitude", "longitude"] : ["y", "x"] }

  private var fieldAttributes: [(name: String, value: NetCDFImage.Attribute)] {
    var attributes: [(name: String, value: NetCDFImage.Attribute)] = [("_FillValue", .float(Self.fill))]
    guard forecast.grid != nil else { return attributes }
    attributes.append(("grid_mapping", .text("crs")))
    if !isGeographic { attributes.append(("coordinates", .text("latitude longitude"))) }
    return attributes
  }

  private func filled(_ values: [Float]) -> [Float] {
    var filled = values
    let pixels = forecast.pixels
    filled.withUnsafeMutableBufferPointer { filled in
      for field in stride(from: 0, to: filled.count, by: pixels) {
        for pixel in 0..<pixels where !(forecast.isValid[pixel] && filled[field + pixel].isFinite) {
          filled[field + pixel] = Self.fill
        }
      }
    }
    return filled
  }

  private func timeVariables(_ leads: [Double], name: String) -> [NetCDFImage.Variable] {
    guard let reference = forecast.reference, forecast.hasTimes else {
      return [
        .init(
          name, dimensions: [name], values: .doubles(leads),
          attributes: [("long_name", .text("frames after the last observed one")), ("units", .text("1"))])
      ]
    }
    return [
      .init(
        name, dimensions: [name], values: .doubles(leads.map { reference.timeIntervalSince1970 + $0 * 60 }),
        attributes: [
          ("standard_name", .text("time")), ("units", .text(Self.epoch)), ("calendar", .text("standard")),
          ("axis", .text("T")),
        ])
    ]
  }

  private func gridVariables() -> [NetCDFImage.Variable] {
    guard let grid = forecast.grid else {
      return [
        .init(
          "y", dimensions: ["y"], values: .doubles((0..<forecast.height).map(Double.init)),
          attributes: [("long_name", .text("row from the top")), ("units", .text("1")), ("axis", .text("Y"))]),
        .init(
          "x", dimensions: ["x"], values: .doubles((0..<forecast.width).map(Double.init)),
          attributes: [
            ("long_name", .text("column from the left")), ("units", .text("1")), ("axis", .text("X")),
          ]),
      ]
    }
    func axis(_ name: String, _ values: [Double], _ letter: String) -> NetCDFImage.Variable {
      let isLatitude = letter == "Y"
      return .init(
        name, dimensions: [name], values: .doubles(values),
        attributes: [
          (
            "standard_name",
            .text(isGeographic ? name : "projection_\(letter.lowercased())_coordinate")
          ),
          ("units", .text(isGeographic ? (isLatitude ? "degrees_north" : "degrees_east") : "m")),
          ("axis", .text(letter)),
        ])
    }
    var variables = [axis(axes[0], grid.y, "Y"), axis(axes[1], grid.x, "X"), mapping(grid.projection)]
    if !isGeographic, let positions = grid.positions {
      for (name, unit, values) in [
        ("latitude", "degrees_north", positions.latitudes),
        ("longitude", "degrees_east", positions.longitudes),
      ] {
        variables.append(
          .init(
            name, dimensions: axes, values: .doubles(values),
            attributes: [("standard_name", .text(name)), ("units", .text(unit))]))
      }
    }
    return variables
  }

  /// The projection in CF's names, and as its PROJ string.
  private func mapping(_ projection: MapProjection) -> NetCDFImage.Variable {
    var attributes: [(name: String, value: NetCDFImage.Attribute)] = []
    func add(_ name: String, _ value: Double) { attributes.append((name, .numbers([value]))) }
    let name =
      switch projection.kind {
      case .longitudeLatitude: "latitude_longitude"
      case .polarStereographic: "polar_stereographic"
      case .albers: "albers_conical_equal_area"
      case .lambertConformal: "lambert_conformal_conic"
      case .lambertAzimuthal: "lambert_azimuthal_equal_area"
      case .mercator: "mercator"
      }
    attributes.append(("grid_mapping_name", .text(name)))
    switch projection.kind {
    case .longitudeLatitude: break
    case .polarStereographic:
      add("straight_vertical_longitude_from_pole", projection.centralLongitude)
      add("latitude_of_projection_origin", projection.originLatitude)
      add("standard_parallel", projection.parallels[0])
    case .albers, .lambertConformal:
      attributes.append(("standard_parallel", .numbers(projection.parallels)))
      add("longitude_of_central_meridian", projection.centralLongitude)
      add("latitude_of_projection_origin", projection.originLatitude)
    case .lambertAzimuthal:
      add("longitude_of_projection_origin", projection.centralLongitude)
      add("latitude_of_projection_origin", projection.originLatitude)
    case .mercator:
      add("longitude_of_projection_origin", projection.centralLongitude)
      add("standard_parallel", projection.parallels[0])
    }
    if projection.kind != .longitudeLatitude {
      add("false_easting", projection.falseEasting)
      add("false_northing", projection.falseNorthing)
    }
    add("semi_major_axis", projection.semiMajor)
    add("semi_minor_axis", projection.semiMinor)
    attributes.append(("proj4", .text(projection.text)))
    return .init("crs", values: .integers([0]), attributes: attributes)
  }
}
