import Foundation
import Support
import Testing

@Suite struct StructuredErrorTests {
  enum Kind: String, ErrorKind {
    case small, large
  }

  enum FormatKind: DefaultedErrorKind {
    case only

    static var usualPlace: String? { "format" }
    static var standard: Self { .only }
  }

  @Test func theDescriptionSaysWhereWhatAndWhatToDo() {
    let error = StructuredError(
      Kind.small, in: "a.npy", expected: "2 axes", found: "1", remedy: "Reshape the array.")
    #expect("\(error)" == "a.npy: expected 2 axes; found 1. Reshape the array.")
    #expect(error.localizedDescription == "\(error)")
    #expect((error as any Error as? any LocalizedError)?.recoverySuggestion == "Reshape the array.")
    let nowhere = StructuredError(Kind.small, expected: "2 axes", found: "1", remedy: "Reshape the array.")
    #expect("\(nowhere)" == "Expected 2 axes; found 1. Reshape the array.")
  }

  @Test func kindsMayHaveAPlaceAndADefault() {
    let error = StructuredError<FormatKind>(expected: "a header", received: "none", remedy: "Write it again.")
    #expect("\(error)" == "format: expected a header; found none. Write it again.")
    #expect(error.kind == .only && error.place == "format" && error.received == "none")
    let elsewhere = StructuredError(
      FormatKind.only, file: "b", expected: "a header", found: "none", remedy: "Write it again.")
    #expect(elsewhere.file == "b" && elsewhere != error)
  }

  @Test func equalMeansEqualInEverything() {
    func error(_ kind: Kind = .small, place: String? = "p", found: String = "1") -> StructuredError<Kind> {
      StructuredError(kind, in: place, expected: "2", received: found, remedy: "Try 2.")
    }
    #expect(error() == error() && error().hashValue == error().hashValue)
    #expect(error() != error(.large) && error() != error(place: nil) && error() != error(found: "3"))
  }
}
