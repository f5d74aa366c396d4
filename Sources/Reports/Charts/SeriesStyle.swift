/// How a line is drawn. Two lines of one chart differ in more than colour: in dash and marker too.
public struct SeriesStyle: Sendable, Hashable {
  public enum Dash: String, Sendable, Hashable {
    case solid, dashed, dotted

    var pattern: String? {
      switch self {
      case .solid: nil
      case .dashed: "6 4"
      case .dotted: "1.5 4"
      }
    }
  }

  public enum Marker: String, CaseIterable, Sendable, Hashable {
    case circle, square, triangle, diamond, none
  }

  /// 0 and 1 for the two families, 2 for the first baseline, and so on; six colours, then over again.
  public var colour: Int
  public var dash: Dash
  public var marker: Marker

  public init(colour: Int, dash: Dash = .solid, marker: Marker = .circle) {
    self.colour = colour
    self.dash = dash
    self.marker = marker
  }

  /// Model `index` of a report.
  static func model(_ index: Int) -> SeriesStyle {
    let markers: [Marker] = [.circle, .square, .diamond]
    let colours = [0, 1, 4, 5]
    return SeriesStyle(colour: colours[index % colours.count], marker: markers[index % markers.count])
  }

  /// Baseline `index` of a report.
  static func baseline(_ index: Int) -> SeriesStyle {
    let styles: [(Dash, Marker)] = [(.dashed, .triangle), (.dotted, .diamond), (.dashed, .square)]
    let (dash, marker) = styles[index % styles.count]
    return SeriesStyle(colour: 2 + index % 2, dash: dash, marker: marker)
  }

  /// Colours on white paper. The page's style sheet has lighter ones for a dark screen, under the class.
  static let colours: [RGB] = [0x0A5C96, 0xC04F0F, 0x5C6670, 0x00785A, 0x8A2F8F, 0x8A6A00].map(RGB.init(hex:))

  var colourClass: String { "s\(colourIndex)" }
  var css: String { Self.colours[colourIndex].css }

  private var colourIndex: Int {
    let count = Self.colours.count
    return ((colour % count) + count) % count
  }
}
