import Foundation
import HDF5

/// A NetCDF-4 file, read as the HDF5 file that it is: variables at the root, dimensions by HDF5's dimension scales.
struct HDF5NetCDF: NetCDFStore {
  let file: String
  let variables: [NetCDFVariable]

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
    let attributes = try file.attributes(of: name).mapValues { value -> NetCDFAttribute in
      switch value {
      case .text(let text): .text(text)
      case .numbers(let numbers): .numbers(numbers)
      }
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
