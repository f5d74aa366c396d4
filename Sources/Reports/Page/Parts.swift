/// Pieces that several sections share.
enum Parts {
  /// A number, or a dash that a screen reader speaks as "undefined".
  static func value(_ value: Double?, _ format: (Double) -> String) -> Markup {
    guard let value else { return undefined }
    return .text(format(value))
  }

  static let undefined = Markup.group([
    tag("span", ["aria-hidden": "true"], text: "–"), tag("span", ["class": "hidden"], text: "undefined"),
  ])

  /// "0.39 to 0.43", small, under a value.
  static func interval(_ interval: ScoreInterval?, _ format: (Double) -> String) -> Markup {
    guard let interval else { return .empty }
    return tag("small", text: "\(format(interval.lower)) to \(format(interval.upper))")
  }

  /// A command to copy, which breaks between its words only: not within an option; a click selects all of it.
  static func command(_ text: String) -> Markup {
    // Longer words (paths) may break, lest they be cut off on a phone.
    let longest = 32
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return tag("pre") {
      tag("code") {
        for (index, word) in words.enumerated() {
          if index > 0 { " " }
          if word.contains("-") && word.count <= longest {
            tag("span", ["class": "word"], text: String(word))
          } else {
            String(word)
          }
        }
      }
    }
  }

  /// A word beside a name.
  static func badge(_ word: String?) -> Markup {
    word.map { tag("span", ["class": "tag"], text: $0) } ?? .empty
  }

  /// The heading of a group of rows; it stays in sight where the table scrolls sideways.
  static func groupRow(_ name: String, columns: Int, note: String? = nil) -> Markup {
    tag("tr", ["class": "group"]) {
      tag("th", ["scope": "rowgroup", "colspan": "\(columns)"]) {
        tag("span") {
          name
          if let note { tag("small", ["class": "muted"], text: " \(note)") }
        }
      }
    }
  }

  /// A table that may be wider than the screen: it scrolls on its own and can be reached with the keyboard.
  static func scrolling(
    _ label: String, toTheEdge: Bool = true, @MarkupBuilder _ content: () -> Markup
  ) -> Markup {
    let classes = toTheEdge ? "scroll bleed" : "scroll"
    return tag("div", ["class": classes, "role": "region", "aria-label": label, "tabindex": "0"], content)
  }

  /// A section with its heading; `id` is also where the navigation leads.
  static func section(_ id: String, _ heading: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
    tag("section", ["id": id, "aria-labelledby": "\(id)-heading"]) {
      tag("h2", ["id": "\(id)-heading"], text: heading)
      content()
    }
  }

  /// A piece of a contender's line, to recognise it in the charts.
  static func swatch(_ style: SeriesStyle) -> Markup {
    tag(
      "svg",
      ["class": "swatch", "width": "28", "height": "12", "viewBox": "0 0 28 12", "aria-hidden": "true"]
    ) { style.sample(x: 0, y: 6) }
  }

  /// What the lines of the charts below stand for.
  static func legend(_ entries: [(name: String, style: SeriesStyle)]) -> Markup {
    tag("ul", ["class": "legend-list", "aria-label": "Lines of the charts"]) {
      for entry in entries {
        tag("li") {
          swatch(entry.style)
          tag("span", text: entry.name)
        }
      }
    }
  }

  static func facts(_ pairs: [(name: String, value: String)]) -> Markup {
    tag("dl", ["class": "facts"]) {
      for pair in pairs where !pair.value.isEmpty {
        tag("dt", text: pair.name)
        tag("dd", text: pair.value)
      }
    }
  }
}
