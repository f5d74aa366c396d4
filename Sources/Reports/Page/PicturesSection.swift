import Foundation

extension ComparisonReport {
  /// Observed and forecast fields side by side.
  var picturesSection: Markup? {
    guard !pictures.isEmpty || animation != nil else { return nil }
    return .group(
      [animation.map(moving) ?? .empty]
        + pictures.enumerated().map { panel($1, id: "panel-\($0)", unit: data.unit) })
  }

  /// Fields in motion; who has asked for less movement sees the last picture.
  private func moving(_ animation: Animation) -> Markup {
    func source(_ png: Data) -> String { "data:image/png;base64,\(png.base64EncodedString())" }
    return tag("figure", ["class": "moving", "aria-labelledby": "moving-title"]) {
      tag("h3", ["id": "moving-title"], text: animation.title)
      tag(
        "div",
        ["class": "columns-of", "style": "--columns: \(animation.labels.count)", "aria-hidden": "true"]
      ) {
        for label in animation.labels { tag("span", text: label) }
      }
      tag("picture") {
        tag(
          "source", ["media": "print, (prefers-reduced-motion: reduce)", "srcset": source(animation.still)])
        tag(
          "img",
          [
            "src": source(animation.animated), "width": "\(animation.width)", "height": "\(animation.height)",
            "alt":
              "Animation over the lead times, from the left: \(animation.labels.joined(separator: ", ")).",
          ])
      }
    }
  }

  func panel(_ panel: PicturePanel, id: String, unit: String) -> Markup {
    var scales: [ColourScale] = []
    for row in panel.rows where !scales.contains(row.scale) { scales.append(row.scale) }
    return tag("figure", ["class": "panel", "aria-labelledby": "\(id)-title"]) {
      tag("h3", ["id": "\(id)-title"], text: panel.title)
      if !panel.caption.isEmpty { tag("figcaption", ["class": "muted"], text: panel.caption) }
      Parts.scrolling("Pictures: \(panel.title)") {
        table(panel, "Input", columns: panel.leadTimes.indices.filter { panel.leadTimes[$0] <= 0 })
        table(panel, "Forecast", columns: panel.leadTimes.indices.filter { panel.leadTimes[$0] > 0 })
      }
      tag("div", ["class": "scales"]) {
        for (index, scale) in scales.enumerated() {
          tag("div") {
            if scales.count > 1 {
              let rows = panel.rows.filter { $0.scale == scale }.map(\.label)
              tag("p", text: rows.joined(separator: ", "))
            }
            ScaleLegend(scale: scale, unit: unit).markup(id: "\(id)-scale-\(index)")
          }
        }
      }
    }
  }

  /// The rows that have a picture in these columns, all pictures of the panel equally large.
  private func table(_ panel: PicturePanel, _ caption: String, columns: [Int]) -> Markup {
    let rows = panel.rows.map { row in
      (row: row, pictures: columns.map { $0 < row.pictures.count ? row.pictures[$0] : nil })
    }
    let shown = rows.filter { row in row.pictures.contains { $0 != nil } }
    guard !shown.isEmpty else { return .empty }
    let inputs = panel.leadTimes.filter { $0 <= 0 }.count
    let widest = max(inputs, panel.leadTimes.count - inputs)
    return tag("table", ["style": "--shown: \(columns.count); --columns: \(widest)"]) {
      tag("caption", ["class": "hidden"], text: caption)
      tag("thead") {
        tag("tr") {
          tag("td")
          for column in columns { tag("th", ["scope": "col"], text: label(panel.leadTimes[column])) }
        }
      }
      tag("tbody") {
        for (row, pictures) in shown {
          tag("tr") {
            tag("th", ["scope": "row"], text: row.label)
            for (column, picture) in zip(columns, pictures) {
              tag("td") {
                if let picture { image(picture, "\(row.label), \(label(panel.leadTimes[column]))") }
              }
            }
          }
        }
      }
    }
  }

  private func image(_ picture: Picture, _ place: String) -> Markup {
    tag(
      "img",
      [
        "src": "data:image/png;base64,\(picture.png.base64EncodedString())",
        "width": "\(picture.width)", "height": "\(picture.height)", "alt": "\(place): \(picture.summary)",
      ])
  }

  private func label(_ time: Double) -> String {
    if time == 0 { return "last input" }
    return (time > 0 ? "+" : "") + "\(Format.plain(time)) \(leadTimeSuffix)"
  }
}
