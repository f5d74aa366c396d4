/// HTML or SVG as a tree. What comes out is well-formed by construction, and text from outside (names,
/// commands, paths) can only ever be text: every string is escaped where it is written out.
package indirect enum Markup: Sendable {
  case text(String)
  case element(name: String, attributes: [(name: String, value: String)], children: [Markup])
  /// A style sheet of ours, written as it is.
  case styleSheet(String)
  case group([Markup])

  package static let empty = Markup.group([])
}

/// An element; attributes whose value is nil are left out.
package func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
  @MarkupBuilder _ content: () -> Markup = { .empty }
) -> Markup {
  .element(
    name: name, attributes: attributes.compactMap { key, value in value.map { (key, $0) } },
    children: [content()])
}

/// An element that holds text alone.
package func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text: String
) -> Markup {
  tag(name, attributes) { text }
}

@resultBuilder
package enum MarkupBuilder {
  package static func buildExpression(_ markup: Markup) -> Markup { markup }
  package static func buildExpression(_ text: String) -> Markup { .text(text) }
  package static func buildExpression(_ many: [Markup]) -> Markup { .group(many) }
  package static func buildBlock(_ parts: Markup...) -> Markup { .group(parts) }
  package static func buildOptional(_ part: Markup?) -> Markup { part ?? .empty }
  package static func buildEither(first: Markup) -> Markup { first }
  package static func buildEither(second: Markup) -> Markup { second }
  package static func buildArray(_ parts: [Markup]) -> Markup { .group(parts) }
}
