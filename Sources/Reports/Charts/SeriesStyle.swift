/// How a line is drawn. Two lines of one chart differ in more than colour: in marker or dash too.
package struct SeriesStyle: Sendable, Hashable {
  package enum Dash: String, Sendable, Hashable {
    case solid, dashed, dotted, dashDotted

    var pattern: String? {
      switch self {
      case .solid: nil
      case .dashed: "6 4"
      case .dotted: "1.5 4"
      case .dashDotted: "9 4 1.5 4"
      }
    }
  }

  package enum Marker: String, CaseIterable, Sendable, Hashable {
    case circle, square, diamond, triangle, triangleDown, plus, cross, star, none
  }

  /// An index into ``SeriesPalette``: 0 to 7 for models, then the greys of baselines; over again beyond the last.
  package var colour: Int
  package var dash: Dash
  package var marker: Marker
  /// Whether markers are outlines, as those of baselines are.
  package var isOpen: Bool

  package init(colour: Int, dash: Dash = .solid, marker: Marker = .circle, isOpen: Bool = false) {
    self.colour = colour
    self.dash = dash
    self.marker = marker
    self.isOpen = isOpen
  }

  /// Model `index` of a report: a solid line with a colour and a filled marker of its own for each of eight models.
  /// Beyond eight the colours come again with other markers.
  static func model(_ index: Int) -> SeriesStyle {
    let markers = Marker.allCases.filter { $0 != .none }
    let count = SeriesPalette.models.count
    return SeriesStyle(colour: index % count, marker: markers[(index + index / count) % markers.count])
  }

  /// Baseline `index` of a report: a grey broken line with an open marker.
  static func baseline(_ index: Int) -> SeriesStyle {
    let styles: [(Dash, Marker)] = [(.dashed, .triangle), (.dotted, .diamond), (.dashDotted, .square)]
    let (dash, marker) = styles[index % styles.count]
    return SeriesStyle(
      colour: SeriesPalette.models.count + index % SeriesPalette.baselines.count, dash: dash, marker: marker,
      isOpen: true)
  }

  /// A bound that belongs to nobody, such as the smallest possible error: dots without markers.
  static let bound = SeriesStyle(colour: SeriesPalette.models.count, dash: .dotted, marker: .none)

  var colourClass: String { "s\(colourIndex)" }
  var css: String { SeriesPalette.all[colourIndex].light.css }

  private var colourIndex: Int {
    let count = SeriesPalette.all.count
    return ((colour % count) + count) % count
  }
}
