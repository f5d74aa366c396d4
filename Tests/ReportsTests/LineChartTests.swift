import Foundation
import Reports
import Testing

@Suite struct LineChartTests {
  private func chart(
    _ points: [LineChart.Point], x: ChartAxis = ChartAxis("x"), y: ChartAxis = ChartAxis("y")
  ) -> LineChart {
    LineChart(
      title: "A <chart> & \"more\"", x: x, y: y,
      series: [LineChart.Series(name: "one", style: SeriesStyle(colour: 0), points: points)])
  }

  private func points(_ values: [Double?]) -> [LineChart.Point] {
    values.enumerated().map { LineChart.Point(x: Double($0 + 1) * 5, y: $1) }
  }

  /// Every number of the drawing lies on the canvas.
  private func expectOnCanvas(_ chart: LineChart) throws {
    let elements = try Elements.of(chart.svg())
    #expect(!chart.svg().contains("nan"))
    #expect(!chart.svg().contains("inf"))
    let box = try #require(elements.named("svg").first?.attributes["viewBox"])
    let size = box.split(separator: " ").compactMap { Double($0) }
    for element in elements.all {
      for (name, limit) in [
        ("x", size[2]), ("cx", size[2]), ("x1", size[2]), ("y", size[3]), ("cy", size[3]),
      ] {
        if let value = element.attributes[name].flatMap(Double.init) {
          #expect(value >= 0 && value <= limit, "\(element)")
        }
      }
      if let path = element.attributes["d"], element.attributes["class"] == "line" {
        let numbers = path.split(whereSeparator: { "MLHZ ".contains($0) }).compactMap { Double($0) }
        #expect(numbers.allSatisfy { $0 >= 0 && $0 <= max(size[2], size[3]) })
      }
    }
  }

  @Test func isWellFormedAndNamed() throws {
    let drawing = chart(points([0.8, 0.6, 0.5]))
    let elements = try Elements.of(drawing.svg(id: "c1"))
    #expect(elements.named("svg")[0].attributes["role"] == "img")
    #expect(elements.named("svg")[0].attributes["aria-labelledby"] == "c1-title c1-summary")
    #expect(elements.named("title")[0].attributes["id"] == "c1-title")
    #expect(elements.text.contains("A <chart> & \"more\""))
    #expect(elements.text.contains("one: 0.800 at 5, 0.500 at 15."))
  }

  @Test(
    arguments: [
      [], [0.4], [nil], [nil, 0.5, nil], [0.3, 0.3, 0.3], [0, 0, 0], [0.5, nil, 0.4, 0.3, nil],
      [.nan, 0.5, .infinity], [1e300, 2, -1e300],
      [2024 * Double.leastNonzeroMagnitude, 4048 * Double.leastNonzeroMagnitude], [-5, -3, -8],
      [1e9, 1e9 + 1], [Double.leastNonzeroMagnitude, 2 * Double.leastNonzeroMagnitude],
      [0.1 + 0.2, 0.3],
    ] as [[Double?]])
  func survivesAnyValues(values: [Double?]) throws {
    for scale in [ChartAxis.Scale.linear, .integers, .minutes, .logarithmic] {
      for extent in [ChartAxis.Extent.data, .fromZero, .covering(0...1)] {
        try expectOnCanvas(chart(points(values), y: ChartAxis("y", scale: scale, extent: extent)))
      }
      let sideways = values.map { LineChart.Point(x: $0 ?? 0, y: 1) }
      try expectOnCanvas(chart(sideways, x: ChartAxis("x", scale: scale)))
    }
  }

  @Test func missingValuesBreakTheLine() throws {
    let elements = try Elements.of(chart(points([0.8, 0.7, nil, 0.5, nil, 0.3, 0.2])).svg())
    let path = try #require(elements.named("path").last { $0.attributes["class"] == "line" })
    // Two stretches; the lone value in between is its marker alone.
    #expect(path.attributes["d"]?.filter { $0 == "M" }.count == 2)
    let marks = elements.named("circle").filter { $0.attributes["class"] == "mark" }
    #expect(marks.count == 5 + 1)
  }

  @Test func saysWhenThereIsNothing() throws {
    let elements = try Elements.of(chart(points([nil, nil])).svg())
    #expect(elements.text.contains("no values"))
    #expect(elements.text.contains("one: no values."))
  }

  @Test func bandsAndLoneIntervalsAreDrawn() throws {
    var values = points([0.8, 0.7, nil, 0.5])
    for index in [0, 1, 3] {
      values[index].lower = (values[index].y ?? 0) - 0.1
      values[index].upper = (values[index].y ?? 0) + 0.1
    }
    let elements = try Elements.of(chart(values).svg())
    let band = try #require(elements.named("path").first { $0.attributes["class"] == "band" })
    #expect(band.attributes["d"]?.filter { $0 == "Z" }.count == 2)
    try expectOnCanvas(chart(values))
  }

  @Test func linesDifferInMoreThanColour() throws {
    let report = try ExampleReport.forecast()
    let document = try Elements.of(report.html())
    let lines = document.named("path").filter { $0.attributes["class"] == "line" }
    #expect(lines.contains { $0.attributes["stroke-dasharray"] != nil })
    #expect(lines.contains { $0.attributes["stroke-dasharray"] == nil })
    let shapes = Set(document.all.filter { $0.attributes["class"] == "mark" }.map(\.name))
    #expect(shapes == ["circle", "polygon"])
  }

  @Test func ticksAreRound() throws {
    let hour = (1...12).map { LineChart.Point(x: Double($0) * 5, y: 0.73) }
    let minutes = try Elements.of(
      chart(hour, x: ChartAxis("min", scale: .minutes), y: ChartAxis("y", extent: .fromZero)).svg()
    ).text
    for tick in ["10", "20", "60", "0.0", "0.2", "0.8"] { #expect(minutes.contains(tick)) }
    let decades = try Elements.of(
      chart(points([0.001, 1, 900]), y: ChartAxis("loss", scale: .logarithmic)).svg()
    ).text
    for tick in ["0.001", "0.1", "10"] { #expect(decades.contains(tick)) }
  }
}
