import Foundation

/// An attribute of a NetCDF variable.
enum NetCDFAttribute: Sendable {
  case text(String)
  case numbers([Double])
}

/// One variable of a NetCDF file.
struct NetCDFVariable: Sendable {
  let name: String
  /// The names of its dimensions, slowest first; `nil` where the file does not say.
  let dimensions: [String?]
  let shape: [Int]
  let isByte: Bool
  let attributes: [String: NetCDFAttribute]

  func text(_ name: String) -> String? {
    if case .text(let text)? = attributes[name] {
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return nil
  }

  func numbers(_ name: String) -> [Double]? {
    if case .numbers(let numbers)? = attributes[name] { return numbers }
    return nil
  }

  var packing: Packing {
    var packing = Packing(numbers: numbers)
    packing.missing += defaultFill
    return packing
  }

  /// What libraries write into places that were never filled, where the file names nothing else.
  private var defaultFill: [Double] {
    numbers("_FillValue") == nil && !isByte ? [9.969209968386869e+36] : []
  }
}

/// A NetCDF file of either kind.
protocol NetCDFStore: Sendable {
  var file: String { get }
  var variables: [NetCDFVariable] { get }
  /// The stored numbers behind fixed indices of the first axes.
  func floats(_ variable: NetCDFVariable, leading: [Int]) throws -> [Float]
  /// All stored numbers of a small variable.
  func doubles(_ variable: NetCDFVariable) throws -> [Double]
}

extension NetCDFStore {
  subscript(_ name: String) -> NetCDFVariable? { variables.first { $0.name == name } }
}
