import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of a document, or an error where it is not well-formed XML.
final class Elements: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
  }

  struct Malformed: Error, CustomStringConvertible { let description: String }

  private(set) var all: [Element] = []
  /// All text, in order.
  private(set) var text = ""

  static func of(_ document: String) throws -> Elements {
    let elements = Elements()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = elements
    guard parser.parse() else {
      throw Malformed(
        description: "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")")
    }
    return elements
  }

  func named(_ name: String) -> [Element] { all.filter { $0.name == name } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    all.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
