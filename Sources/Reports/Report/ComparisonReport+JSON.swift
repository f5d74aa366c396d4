import Foundation

extension ComparisonReport {
  /// The report as it stands in `results.json`: UTF-8, sorted keys, the same bytes for the same report.
  ///
  /// Measured values that are not finite have become nil when they were set and are written as `null`.
  ///
  /// - Throws: ``ReportError`` naming the place when a given number (a lead time) is not finite.
  package func json() throws(ReportError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    do {
      return try encoder.encode(self) + Data("\n".utf8)
    } catch EncodingError.invalidValue(let value, let context) {
      throw ReportError(
        expected: "a finite number at \(Self.path(context.codingPath))", received: "\(value)",
        remedy: "Lead times and thresholds are given, not measured: set them to numbers.")
    } catch {
      throw ReportError(
        expected: "a report that can be written as JSON", received: "\(error)",
        remedy: "Report this with the command you used.")
    }
  }

  /// Reads a `results.json`.
  ///
  /// - Throws: ``ReportError`` for another schema version or a file that is no report.
  package init(json: Data) throws(ReportError) {
    struct Version: Decodable { let schemaVersion: Int }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      let version = try decoder.decode(Version.self, from: json).schemaVersion
      guard version == Self.currentSchemaVersion else {
        throw ReportError(
          expected: "results.json of schema version \(Self.currentSchemaVersion)",
          received: "version \(version)", remedy: "Use the version of Squall that wrote it.")
      }
      self = try decoder.decode(Self.self, from: json)
    } catch let error as ReportError {
      throw error
    } catch let error as DecodingError {
      throw ReportError(
        expected: "a results.json that Squall has written", received: Self.explain(error),
        remedy: "Run the comparison again, or take the file from a backup.")
    } catch {
      throw ReportError(
        expected: "a results.json that Squall has written", received: "\(error)",
        remedy: "Check that this is the right file.")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "no key \(path(context.codingPath + [key]))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      "\(context.debugDescription) at \(path(context.codingPath))"
    @unknown default: "\(error)"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty
      ? "the top" : keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
  }
}
