/// A chart of lines over one axis, as an SVG of its own.
///
/// Missing values break a line, a value between two missing ones stands alone as its marker. Nothing is drawn
/// outside the axes, since the axes grow with the data.
public struct LineChart: Sendable, Hashable {
  /// One value with, where there is one, its interval.
  public struct Point: Sendable, Hashable {
    public var x: Double
    /// nil (or not finite) is missing.
    public var y: Double?
    public var lower: Double?
    public var upper: Double?

    public init(x: Double, y: Double?, lower: Double? = nil, upper: Double? = nil) {
      self.x = x
      self.y = y
      self.lower = lower
      self.upper = upper
    }
  }

  /// One line, in ascending x.
  public struct Series: Sendable, Hashable {
    public var name: String
    public var style: SeriesStyle
    public var points: [Point]
    /// x of a point to put a ring around, for example the best epoch.
    public var highlight: Double?

    public init(name: String, style: SeriesStyle, points: [Point], highlight: Double? = nil) {
      self.name = name
      self.style = style
      self.points = points
      self.highlight = highlight
    }
  }

  /// A place on the x axis, with its interval.
  public struct Marker: Sendable, Hashable {
    public var name: String
    public var x: Double
    public var lower: Double?
    public var upper: Double?

    public init(name: String, x: Double, lower: Double? = nil, upper: Double? = nil) {
      self.name = name
      self.x = x
      self.lower = lower
      self.upper = upper
    }
  }

  public var title: String
  public var x: ChartAxis
  public var y: ChartAxis
  public var series: [Series]
  /// An upright line through the plot; the legend names it.
  public var marker: Marker?
  /// Whether the chart carries its own legend; a page with many charts has one for all.
  public var showsLegend: Bool
  /// In pixels, also the ratio when it is scaled.
  public var width: Double
  public var height: Double

  public init(
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
  public var summary: String {
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
  public func svg(id: String = "chart") -> String {
    markup(id: id, standalone: true).serialized
  }
}
