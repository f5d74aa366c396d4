import Foundation

extension ExplainedError {
  /// `PLACE: expected X; found Y. Z`
  public var description: String {
    let start = place.map { "\($0): expected" } ?? "Expected"
    return "\(start) \(expected); found \(found). \(remedy)"
  }

  /// What was found.
  public var received: String { found }
}

extension StructuredError: LocalizedError {
  public var errorDescription: String? { description }
  public var failureReason: String? { "Expected \(expected); found \(found)." }
  public var recoverySuggestion: String? { remedy }
}
