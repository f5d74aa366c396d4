/// The colours of a scale with the values at their borders, as a small SVG.
struct ScaleLegend {
  let scale: ColourScale
  /// Unit behind the numbers.
  let unit: String
  /// Whether some picture has missing pixels worth explaining.
  var showsMissing = true

  func markup(id: String) -> Markup {
    let boxes = scale.classes?.colours ?? stride(from: 0, to: 255, by: 8).map { scale.palette[$0] }
    let marks = self.marks
    let boxWidth = scale.classes == nil ? 7.0 : 28.0
    let bar = Double(boxes.count) * boxWidth
    let width = bar + 130
    let text = marks.map(\.label).joined(separator: ", ")
    return tag(
      "svg",
      [
        "class": "scale", "viewBox": "0 0 \(number(width)) 38", "width": number(width), "height": "38",
        "role": "img", "aria-label": "Colour scale: \(text) \(unit)\(showsMissing ? ", and no data" : "")",
        "font-size": "11",
      ]
    ) {
      for (index, colour) in boxes.enumerated() {
        box(x: 1 + Double(index) * boxWidth, width: boxWidth, colour, seamless: scale.classes == nil)
      }
      tag(
        "rect",
        [
          "class": "outline", "x": "1", "y": "1", "width": number(bar), "height": "14", "fill": "none",
          "stroke": "#8b959d", "stroke-width": "0.7",
        ])
      for mark in marks {
        tag(
          "text",
          [
            "class": "axis", "x": number(1 + mark.position * bar), "y": "29", "text-anchor": "middle",
            "fill": "#5a646d",
          ], text: mark.label)
      }
      tag("text", ["class": "axis", "x": number(bar + 10), "y": "12", "fill": "#5a646d"], text: unit)
      if showsMissing {
        box(x: bar + 52, width: 18, scale.missingColour, seamless: false)
        tag("text", ["class": "axis", "x": number(bar + 76), "y": "12", "fill": "#5a646d"], text: "no data")
      }
    }
  }

  private var marks: [(position: Double, label: String)] {
    if let classes = scale.classes {
      let count = Double(classes.colours.count)
      return classes.edges.enumerated().map { (Double($0.offset + 1) / count, Format.plain($0.element)) }
    }
    let (low, high) = (scale.lower ?? 0, scale.upper ?? 1)
    return [(0.04, low), (0.5, (low + high) / 2), (0.96, high)].map { ($0, Format.plain($1)) }
  }

  private func box(x: Double, width: Double, _ colour: RGB, seamless: Bool) -> Markup {
    tag(
      "rect",
      [
        "x": number(x), "y": "1", "width": number(seamless ? width + 0.5 : width), "height": "14",
        "fill": colour.css,
      ])
  }
}
