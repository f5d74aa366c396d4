import Foundation

/// What a split must keep together, found from the names of clips: several clips cut from one film share most of
/// their name.
enum ClipGroups {
  /// A group for each clip, as small numbers.
  ///
  /// - Parameters:
  ///   - names: The clips' names without endings.
  ///   - classes: Their classes: alike names in different classes are one group only if `pattern` or the usual
  ///     rules say so.
  ///   - pattern: A regular expression whose first group (or whole match) is the group's name.
  /// - Throws: ``DataError`` if the pattern is none, or does not match a name.
  static func numbers(_ names: [String], pattern: String?) throws -> [Int] {
    let keys = try pattern.map { try declared(names, $0) } ?? usual(names)
    var known: [String: Int] = [:]
    return keys.map { key in
      if let number = known[key] { return number }
      known[key] = known.count
      return known.count - 1
    }
  }

  private static func declared(_ names: [String], _ pattern: String) throws -> [String] {
    guard let expression = try? Regex(pattern) else {
      throw DataError(
        .invalidOption, expected: "a regular expression such as (person[0-9]+)", received: "“\(pattern)”",
        remedy: "Its first group names what stays together.")
    }
    return try names.map { name in
      guard let match = try? expression.firstMatch(in: name) else {
        throw DataError(
          .badValue, file: name, expected: "a name that “\(pattern)” matches", received: name,
          remedy: "Change the pattern for groups.")
      }
      return String(name[(match.output.count > 1 ? match.output[1].range : match.range) ?? match.range])
    }
  }

  /// KTH's `person01_boxing_d1` groups by person; elsewhere a last part such as `_003`, `_c02` or `-7` is the
  /// number of a clip within its film. Where that makes fewer than three groups every clip is one of its own.
  private static func usual(_ names: [String]) -> [String] {
    let people = names.map { $0.prefixMatch(of: /person[0-9]+/).map { String($0.output) } }
    if people.allSatisfy({ $0 != nil }) { return people.compactMap { $0 } }
    let films = names.map { $0.replacing(/[_-][A-Za-z]?[0-9]+$/, with: "") }
    return Set(films).count >= 3 ? films : names
  }
}
