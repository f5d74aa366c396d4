import Foundation

extension LineChart {
  /// The chart as part of a page, or with a namespace as a file.
  package func markup(id: String, standalone: Bool = false) -> Markup {
    let frame = Frame(self)
    return tag(
      "svg",
      [
        "xmlns": standalone ? "http://www.w3.org/2000/svg" : nil, "class": "chart",
        "viewBox": "0 0 \(number(width)) \(number(frame.height))",
        "width": standalone ? number(width) : nil, "height": standalone ? number(frame.height) : nil,
        "role": "img", "aria-labelledby": "\(id)-title \(id)-summary",
        "font-family": standalone ? "system-ui, sans-serif" : nil, "font-size": "12",
      ]
    ) {
      tag("title", ["id": "\(id)-title"], text: title)
      tag("desc", ["id": "\(id)-summary"], text: summary)
      tag(
        "text", ["class": "chart-title", "x": "0", "y": "13", "font-weight": "600", "fill": "#1b2126"],
        text: title)
      tag("text", ["class": "axis", "x": "0", "y": number(frame.labelY), "fill": "#5a646d"], text: y.label)
      if showsLegend { legend }
      axes(frame)
      place(frame)
      for line in series { drawing(of: line, frame) }
      if series.allSatisfy({ line in line.points.allSatisfy { frame.place($0.x, $0.y) == nil } }) {
        tag(
          "text",
          [
            "class": "axis", "x": number(frame.centre.x), "y": number(frame.centre.y),
            "text-anchor": "middle", "fill": "#5a646d",
          ], text: "no values")
      }
    }
  }

  /// Names and samples of the lines above the plot, in one column or two.
  private var legend: Markup {
    let columns = legendColumns
    return .group(
      legendNames.enumerated().map { index, name in
        let x = Double(index % columns) * width / 2
        let y = Frame.legendTop + Double(index / columns) * Frame.legendLine
        return tag("g", ["class": "legend"]) {
          if index < series.count {
            series[index].style.sample(x: x, y: y - 4)
          } else {
            upright("place", x + 14, y - 11, y + 3)
          }
          tag("text", ["class": "label", "x": number(x + 34), "y": number(y), "fill": "#1b2126"], text: name)
        }
      })
  }

  private var legendNames: [String] { series.map(\.name) + (marker.map { [$0.name] } ?? []) }

  /// Two where there are many lines and the names are short enough.
  private var legendColumns: Int {
    let room = Int((width / 2 - 36) / 6.8)
    return legendNames.count > 4 && legendNames.allSatisfy { $0.count <= room } ? 2 : 1
  }

  fileprivate var legendRows: Int { (legendNames.count + legendColumns - 1) / legendColumns }

  /// The marker's interval as an area over the whole height, and its place as a line.
  private func place(_ frame: Frame) -> Markup {
    guard let marker, let x = frame.x(marker.x) else { return .empty }
    return tag("g", ["class": "marker"]) {
      if let lower = frame.x(marker.lower), let upper = frame.x(marker.upper) {
        tag(
          "rect",
          [
            "class": "place-range", "x": number(lower), "y": number(frame.top),
            "width": number(max(upper - lower, 1)), "height": number(frame.bottom - frame.top),
            "fill": "#1b2126", "fill-opacity": "0.08",
          ])
      }
      upright("place", x, frame.top, frame.bottom)
    }
  }

  private func upright(_ kind: String, _ x: Double, _ top: Double, _ bottom: Double) -> Markup {
    tag(
      "line",
      [
        "class": kind, "x1": number(x), "y1": number(top), "x2": number(x), "y2": number(bottom),
        "stroke": "#1b2126", "stroke-width": "1.5", "stroke-dasharray": "3 3",
      ])
  }

  private func axes(_ frame: Frame) -> Markup {
    let (left, right, bottom) = (frame.left, frame.right, frame.bottom)
    return tag("g", ["class": "axes"]) {
      for tick in frame.yAxis.ticks {
        if let y = frame.y(tick.value) {
          rule("grid", left, y, right, y, "#e1e5e8")
          label(tick.label, x: left - 7, y: y + 4, anchor: "end")
        }
      }
      for tick in frame.xAxis.ticks {
        if let x = frame.x(tick.value) {
          rule("tick", x, bottom, x, bottom + 4, "#8b959d")
          label(tick.label, x: x, y: bottom + 17, anchor: "middle")
        }
      }
      rule("baseline", left, bottom, right, bottom, "#8b959d")
      label(x.label, x: right, y: bottom + 33, anchor: "end")
    }
  }

  private func rule(
    _ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String
  ) -> Markup {
    tag(
      "line",
      [
        "class": kind, "x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2),
        "stroke": colour,
      ])
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String) -> Markup {
    tag(
      "text", ["class": "axis", "x": number(x), "y": number(y), "text-anchor": anchor, "fill": "#5a646d"],
      text: text)
  }

  private func drawing(of line: Series, _ frame: Frame) -> Markup {
    let style = line.style
    let places = line.points.map { frame.place($0.x, $0.y) }
    let path = runs(places).filter { $0.count > 1 }.map { run in
      "M" + run.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
    }
    // Every marker where there are few points; evenly thinned where they would run into each other.
    let every = max(1, (places.count + 11) / 12)
    return tag("g", ["class": "series \(style.colourClass)"]) {
      band(line, frame)
      if !path.isEmpty {
        tag(
          "path",
          [
            "class": "line", "d": path.joined(), "fill": "none", "stroke": style.css, "stroke-width": "2",
            "stroke-linejoin": "round", "stroke-linecap": "round", "stroke-dasharray": style.dash.pattern,
          ])
      }
      for (index, place) in places.enumerated() {
        if let place {
          let alone =
            (index == 0 || places[index - 1] == nil)
            && (index + 1 == places.count || places[index + 1] == nil)
          if alone || index.isMultiple(of: every) {
            style.mark(at: place, evenWithoutMarker: alone)
          }
          if line.points[index].x == line.highlight {
            tag(
              "circle",
              [
                "class": "ring", "cx": number(place.x), "cy": number(place.y), "r": "7", "fill": "none",
                "stroke": style.css, "stroke-width": "1.5",
              ])
          }
        }
      }
    }
  }

  /// The intervals as an area, one for each run of points that have one; a lone interval is a bar.
  private func band(_ line: Series, _ frame: Frame) -> Markup {
    let ends = line.points.map { point -> (lower: ChartPlace, upper: ChartPlace)? in
      guard frame.place(point.x, point.y) != nil, let lower = frame.place(point.x, point.lower),
        let upper = frame.place(point.x, point.upper)
      else { return nil }
      return (lower, upper)
    }
    let areas = runs(ends).map { run -> String in
      var outline = run.map(\.upper) + run.reversed().map(\.lower)
      if run.count == 1 {
        let (low, high) = run[0]
        outline = [(high, -4.0), (high, 4), (low, 4), (low, -4)].map { ChartPlace(x: $0.x + $1, y: $0.y) }
      }
      return "M" + outline.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L") + "Z"
    }
    guard !areas.isEmpty else { return .empty }
    return tag(
      "path", ["class": "band", "d": areas.joined(), "fill": line.style.css, "fill-opacity": "0.16"])
  }

  /// The stretches without a gap.
  private func runs<Element>(_ elements: [Element?]) -> [[Element]] {
    elements.reduce(into: [[Element]]()) { runs, element in
      if let element {
        if runs.isEmpty { runs.append([]) }
        runs[runs.count - 1].append(element)
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }.filter { !$0.isEmpty }
  }
}

/// A point on the drawing, in pixels from the top left.
struct ChartPlace: Hashable {
  var x: Double
  var y: Double
}

/// Where the plot lies in the drawing, and where values lie in the plot.
private struct Frame {
  static let legendTop = 34.0
  static let legendLine = 18.0

  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let height: Double
  let labelY: Double
  let xAxis: LaidOutAxis
  let yAxis: LaidOutAxis

  init(_ chart: LineChart) {
    let points = chart.series.flatMap(\.points)
    let xs = points.map(\.x) + [chart.marker?.x, chart.marker?.lower, chart.marker?.upper].compactMap { $0 }
    let ys = points.flatMap { point in
      [point.y, point.lower, point.upper].compactMap { $0 }
    }
    xAxis = LaidOutAxis(chart.x, values: xs, maximumTicks: 7, rounded: false)
    yAxis = LaidOutAxis(chart.y, values: ys, maximumTicks: 5, rounded: true)
    let legend = chart.showsLegend ? Double(chart.legendRows) * Self.legendLine + 4 : 0
    labelY = 31 + legend
    top = 44 + legend
    height = chart.height + legend
    bottom = height - 40
    let widest = yAxis.ticks.map(\.label.count).max() ?? 1
    left = 12 + Double(widest) * 6.6
    // Room for half of the last tick label and for markers that sit on the edge.
    right = chart.width - 10
  }

  var centre: ChartPlace { ChartPlace(x: (left + right) / 2, y: (top + bottom) / 2) }

  /// Points keep a little distance to both ends.
  func x(_ value: Double?) -> Double? {
    xAxis.position(value).map { left + 10 + $0 * (right - left - 18) }
  }

  func y(_ value: Double?) -> Double? {
    yAxis.position(value).map { bottom - $0 * (bottom - top) }
  }

  func place(_ x: Double, _ y: Double?) -> ChartPlace? {
    guard let x = self.x(x), let y = self.y(y) else { return nil }
    return ChartPlace(x: x, y: y)
  }
}

extension SeriesStyle {
  /// The marker of this style; a point that no line reaches gets a dot where the style has none.
  func mark(at place: ChartPlace, evenWithoutMarker: Bool = false) -> Markup {
    let (x, y) = (place.x, place.y)
    let kind = isOpen && marker != .none ? "mark open" : "mark"
    let (fill, stroke) = isOpen && marker != .none ? ("#ffffff", css) : (css, nil)
    if let corners = marker.corners {
      let points = corners.map { "\(number(x + $0)),\(number(y + $1))" }.joined(separator: " ")
      return tag("polygon", ["class": kind, "points": points, "fill": fill, "stroke": stroke])
    }
    guard marker == .circle || evenWithoutMarker else { return .empty }
    return tag(
      "circle",
      [
        "class": kind, "cx": number(x), "cy": number(y), "r": marker == .circle ? "3.6" : "2.4",
        "fill": fill, "stroke": stroke,
      ])
  }

  /// A short piece of the line with its marker, 26 wide.
  func sample(x: Double, y: Double) -> Markup {
    tag("g", ["class": "series \(colourClass)"]) {
      tag(
        "path",
        [
          "class": "line", "d": "M\(number(x + 1)) \(number(y))H\(number(x + 27))", "fill": "none",
          "stroke": css, "stroke-width": "2", "stroke-linecap": "round", "stroke-dasharray": dash.pattern,
        ])
      mark(at: ChartPlace(x: x + 14, y: y))
    }
  }
}

extension SeriesStyle.Marker {
  /// The corners around the centre, in pixels; nil for round markers and none.
  fileprivate var corners: [(Double, Double)]? {
    // Arms of a plus: half their width, their length.
    let (w, l) = (1.4, 4.8)
    let plus = [
      (-w, -l), (w, -l), (w, -w), (l, -w), (l, w), (w, w), (w, l), (-w, l), (-w, w), (-l, w), (-l, -w),
      (-w, -w),
    ]
    switch self {
    case .square: return [(-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)]
    case .diamond: return [(0, -4.6), (4.6, 0), (0, 4.6), (-4.6, 0)]
    case .triangle: return [(0, -4.4), (4.2, 3), (-4.2, 3)]
    case .triangleDown: return [(0, 4.4), (4.2, -3), (-4.2, -3)]
    case .plus: return plus
    case .cross: return plus.map { (($0 - $1) * 0.5.squareRoot(), ($0 + $1) * 0.5.squareRoot()) }
    case .star:
      return (0..<10).map { index in
        let (angle, radius) = (Double(index) * .pi / 5, index.isMultiple(of: 2) ? 5.4 : 2.3)
        return (radius * sin(angle), -radius * cos(angle))
      }
    case .circle, .none: return nil
    }
  }
}

/// Pixels with one decimal at most.
func number(_ value: Double) -> String {
  let rounded = (value * 10).rounded() / 10
  return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
