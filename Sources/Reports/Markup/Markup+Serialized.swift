extension Markup {
  /// The tree as text that is both HTML and well-formed XML.
  package var serialized: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to output: inout String) {
    switch self {
    case .text(let text): output += escaped(text, inAttribute: false)
    case .group(let parts): for part in parts { part.write(to: &output) }
    case .styleSheet(let css): output += css
    case .element(let name, let attributes, let children):
      output += "<" + name
      for attribute in attributes {
        output += " \(attribute.name)=\"\(escaped(attribute.value, inAttribute: true))\""
      }
      if emptyElements.contains(name) {
        output += "/>"
      } else {
        output += ">"
        for child in children { child.write(to: &output) }
        output += "</\(name)>"
      }
      if ownLine.contains(name) { output += "\n" }
    }
  }
}

/// Elements without an end tag: the void ones of HTML and the shapes of SVG.
private let emptyElements: Set = [
  "br", "circle", "col", "hr", "img", "line", "link", "meta", "path", "polygon", "polyline", "rect", "source",
]

/// Elements around which white space means nothing: a line break after them keeps the source readable.
private let ownLine: Set = [
  "article", "body", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "g",
  "h1", "h2", "h3", "head", "header", "html", "li", "line", "main", "meta", "nav", "ol", "p", "path", "rect",
  "section", "style", "summary", "svg", "table", "tbody", "thead", "title", "tr", "ul",
]

/// XML knows no NUL or other control characters, not even escaped: they become the replacement character.
private func escaped(_ text: String, inAttribute: Bool) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"" where inAttribute: result += "&quot;"
    case "\n" where inAttribute, "\t" where inAttribute: result += "&#\(scalar.value);"
    case "\n", "\t": result.unicodeScalars.append(scalar)
    case "\r": result += "&#13;"
    default:
      let value = scalar.value
      let forbidden = value < 0x20 || (0x7F...0x9F).contains(value) || value & 0xFFFE == 0xFFFE
      result.unicodeScalars.append(forbidden ? "\u{FFFD}" : scalar)
    }
  }
  return result
}
