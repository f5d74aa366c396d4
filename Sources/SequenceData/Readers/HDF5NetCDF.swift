import Foundation
import HDF5

/// A NetCDF-4 file, read as the HDF5 file that it is: variables at the root, dimensions by HDF5's dimension scales.
struct HDF5NetCDF: NetCDFStore {
  let file: String
  let variables: [NetCDFVariable]
  private static let textAttributes = [
    "units", "standard_name", "long_name", "bounds", "grid_mapping", "grid_mapping_name", "calendar", "axis",
    "_Unsigned", "cell_methods", "proj4", "proj4_params", "crs_wkt",
  ]
  private static let numberAttributes = [
    "scale_factor", "add_offset", "_FillValue", "missing_value", "valid_range", "valid_min", "valid_max",
    "standard_parallel", "longitude_of_central_meridian", "latitude_of_projection_origin", "false_easting",
    "false_northing", "semi_major_axis", "semi_minor_axis", "earth_radius", "inverse_flattening",
    "straight_vertical_longitude_from_pole", "longitude_of_projection_origin",
    "scale_factor_at_projection_origin", "scale_factor_at_central_meridian",
  ]

  init(_ url: URL) throws {
    file = url.path
    variables = try HDF5File.readingData(url) { file in
      try file.nodes(limits: HDF5Limits(objects: 10_000)).compactMap { node in
        guard case .dataset(let name) = node, !name.contains("/") else { return nil }
        return try Self.variable(name, file)
      }
    }
  }

  private static func variable(_ name: String, _ file: HDF5File) throws -> NetCDFVariable? {
    let found = try file.describe(name)
    guard found?.isNumeric ?? true else { return nil }
    var attributes: [String: NetCDFAttribute] = [:]
    for attribute in textAttributes where file.hasAttribute(attribute, of: name) {
      if let text = try? file.string(attribute, of: name) { attributes[attribute] = .text(text) }
    }
    for attribute in numberAttributes where file.hasAttribute(attribute, of: name) {
      if let numbers = try? file.numbers(attribute, of: name) { attributes[attribute] = .numbers(numbers) }
    }
    // A coordinate is its own dimension.
    let axes = found?.axes ?? []
    let dimensions = axes.map { $0.map { String($0.drop { $0 == "/" }) } }
    return NetCDFVariable(
      name: name, dimensions: dimensions == [nil] ? [name] : dimensions, shape: found?.dimensions ?? [],
      isByte: found?.isByte ?? false, attributes: attributes)
  }

  func floats(_ variable: NetCDFVariable, leading: [Int]) throws -> [Float] {
    try HDF5File.readingData(URL(fileURLWithPath: file)) {
      try $0.numbers(in: variable.name, leading: leading)
    }
  }

  func doubles(_ variable: NetCDFVariable) throws -> [Double] {
    try HDF5File.readingData(URL(fileURLWithPath: file)) {
      variable.shape.isEmpty ? [try $0.scalar(variable.name)] : try $0.numbers(in: variable.name)
    }
  }
}
