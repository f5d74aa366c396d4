import Support

/// The grid of a NetCDF field by its coordinates and grid mapping, as far as they are understood.
///
/// Source: CF Conventions 1.10, appendix F.
enum CFGrid {
  static func grid(
    of variable: NetCDFVariable, _ rows: NetCDFVariable?, _ y: [Double], _ columns: NetCDFVariable?,
    _ x: [Double],
    _ store: any NetCDFStore
  ) -> GridMetadata? {
    var grid = GridMetadata()
    grid.projection = variable.text("grid_mapping").flatMap { store[$0] }.flatMap(projection)
    if let scale = kilometres(rows?.text("units")), y.count > 1 {
      grid.pixelHeight = abs(y[1] - y[0]) * scale
    }
    if let scale = kilometres(columns?.text("units")), x.count > 1 {
      grid.pixelWidth = abs(x[1] - x[0]) * scale
    }
    if isDegrees(rows), isDegrees(columns), let north = y.max(), let south = y.min(), let west = x.min(),
      let east = x.max(), y.count > 1, x.count > 1
    {
      // Outer corners: half a pixel beyond the centres.
      let (down, right) = (abs(y[1] - y[0]) / 2, abs(x[1] - x[0]) / 2)
      grid.corners = [
        (west - right, north + down), (east + right, north + down), (east + right, south - down),
        (west - right, south - down),
      ].map { .init(longitude: $0.0, latitude: $0.1) }
      grid.projection = grid.projection ?? "+proj=longlat"
    }
    return grid == GridMetadata() ? nil : grid
  }

  private static func kilometres(_ units: String?) -> Double? {
    switch units?.lowercased() {
    case "km", "kilometer", "kilometers", "kilometre", "kilometres": 1
    case "m", "meter", "meters", "metre", "metres": 0.001
    default: nil
    }
  }

  private static func isDegrees(_ variable: NetCDFVariable?) -> Bool {
    variable?.text("units")?.lowercased().hasPrefix("degree") ?? false
  }

  /// A PROJ string.
  private static func projection(_ mapping: NetCDFVariable) -> String? {
    if let text = mapping.text("proj4_params") ?? mapping.text("proj4") { return text }
    func number(_ name: String) -> String? { mapping.numbers(name)?.first.map { NumberText.plain($0) } }
    let parallels = (mapping.numbers("standard_parallel") ?? []).map { NumberText.plain($0) }
    var parts: [String?]
    let origin = number("latitude_of_projection_origin").map { "+lat_0=\($0)" }
    let meridian = number("longitude_of_central_meridian") ?? number("longitude_of_projection_origin")
    switch mapping.text("grid_mapping_name") {
    case "albers_conical_equal_area", "lambert_conformal_conic":
      let name = mapping.text("grid_mapping_name") == "albers_conical_equal_area" ? "aea" : "lcc"
      parts = ["+proj=\(name)", origin, meridian.map { "+lon_0=\($0)" }]
      parts += parallels.prefix(2).enumerated().map { "+lat_\($0.offset + 1)=\($0.element)" }
    case "polar_stereographic", "stereographic":
      parts = [
        "+proj=stere", origin,
        (number("straight_vertical_longitude_from_pole") ?? meridian).map { "+lon_0=\($0)" },
        parallels.first.map { "+lat_ts=\($0)" },
        number("scale_factor_at_projection_origin").map { "+k_0=\($0)" },
      ]
    case "transverse_mercator":
      parts = [
        "+proj=tmerc", origin, meridian.map { "+lon_0=\($0)" },
        number("scale_factor_at_central_meridian").map { "+k=\($0)" },
      ]
    case "lambert_azimuthal_equal_area": parts = ["+proj=laea", origin, meridian.map { "+lon_0=\($0)" }]
    case "latitude_longitude": parts = ["+proj=longlat"]
    default: return nil
    }
    parts += [
      number("false_easting").map { "+x_0=\($0)" }, number("false_northing").map { "+y_0=\($0)" },
      number("semi_major_axis").map { "+a=\($0)" }, number("semi_minor_axis").map { "+b=\($0)" },
      number("earth_radius").map { "+R=\($0)" },
      number("semi_minor_axis") == nil ? number("inverse_flattening").map { "+rf=\($0)" } : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }
}
