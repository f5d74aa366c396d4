/// A chart of lines over one axis, as an SVG of its own.
///
/// Missing values break a line, a value between two missing ones stands alone as its marker. Nothing is drawn
/// outside the axes, since the axes grow with the data.
package struct LineChart: Sendable, Hashable {
  /// One value with, where there is one, its interval.
  package struct Point: Sendable, Hashable {
    package var x: Double
    /// nil (or not finite) is missing.
    package var y: Double?
    package var lower: Double?
    package var upper: Double?

    package init(x: Double, y: Double?, lower: Double? = nil, upper: Double? = nil) {
      self.x = x
      self.y = y
      self.lower = lower
      self.upper = upper
    }
  }

  /// One line, in ascending x.
  package struct Series: Sendable, Hashable {
    package var name: String
    package var style: SeriesStyle
    package var points: [Point]
    /// x of a point to put a ring around, for example the best epoch.
    package var highlight: Double?

    package init(name: String, style: SeriesStyle, points: [Point], highlight: Double? = nil) {
      self.name = name
      self.style = style
      self.points = points
      self.highlight = highlight
    }
  }

  /// A place on the x axis, with its interval.
  package struct Marker: Sendable, Hashable {
    package var name: String
    package var x: Double
    package var lower: Double?
    package var upper: Double?

    package init(name: String, x: Double, lower: Double? = nil, upper: Double? = nil) {
      self.name = name
      self.x = x
      self.lower = lower
      self.upper = upper
    }
  }

  package var title: String
  package var x: ChartAxis
  package var y: ChartAxis
  package var series: [Series]
  /// An upright line through the plot; the legend names it.
  package var marker: Marker?
  /// Whether the chart carries its own legend; a page with many charts has one for all.
  package var showsLegend: Bool
  /// In pixels, also the ratio when it is scaled.
  package var width: Double
  package var height: Double

  package init(
    title: String, x: ChartAxis, y: ChartAxis, series: [Series], marker: Marker? = nil,
    showsLegend: Bool = true, width: Double = 360, height: Double = 250
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.marker = marker
    self.showsLegend = showsLegend
    self.width = width
    self.height = height
  }

  /// The chart in words, for those who do not see it: each line from its first to its last value.
  package var summary: String {
    let lines = series.map { line in
      let known = line.points.compactMap { point in
        point.y.flatMap { y.scale.accepts($0) && x.scale.accepts(point.x) ? (x: point.x, y: $0) : nil }
      }
      guard let first = known.first, let last = known.last else { return "\(line.name): no values." }
      let start = "\(line.name): \(Format.significant(first.y)) at \(Format.plain(first.x))"
      if known.count == 1 { return start + "." }
      let end = "\(Format.significant(last.y)) at \(Format.plain(last.x))"
      return "\(start), \(end)."
    }
    let place = marker.map { ["\($0.name): \(Format.significant($0.x)) on the horizontal axis."] } ?? []
    return (["\(y.label) against \(x.label)."] + lines + place).joined(separator: " ")
  }

  /// A file of its own.
  ///
  /// - Parameter id: Distinguishes the chart from others on the same page; letters, digits, hyphens.
  package func svg(id: String = "chart") -> String {
    markup(id: id, standalone: true).serialized
  }
}
