import Foundation

extension ComparisonReport {
  /// Observed and forecast fields side by side.
  var picturesSection: Markup? {
    guard !pictures.isEmpty || animation != nil else { return nil }
    return .group(
      [animation.map(moving) ?? .empty]
        + pictures.enumerated().map { panel($1, id: "panel-\($0)", unit: data.unit) })
  }

  func panel(_ panel: PicturePanel, id: String, unit: String) -> Markup {
    var scales: [ColourScale] = []
    for row in panel.rows where !scales.contains(row.scale) { scales.append(row.scale) }
    let isLong = panel.rows.count > Self.longPanel
    return tag("figure", ["class": isLong ? "panel long" : "panel", "aria-labelledby": "\(id)-title"]) {
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
              tag("p", text: names(panel.rows.filter { $0.scale == scale }.map(\.label)))
            }
            ScaleLegend(scale: scale, unit: unit).markup(id: "\(id)-scale-\(index)")
          }
        }
      }
    }
  }

  /// Panels with more rows than this (the members of an ensemble) have smaller pictures and repeat the lead times.
  private static let longPanel = 8

  /// "observed, convlstm2d", or of many the first, the last and how many.
  private func names(_ labels: [String]) -> String {
    guard labels.count > 6, let first = labels.first, let last = labels.last else {
      return labels.joined(separator: ", ")
    }
    return "\(first) to \(last) (\(labels.count) rows)"
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
      tag("thead") { head(panel, columns) }
      for start in stride(from: 0, to: shown.count, by: Self.longPanel) {
        tag("tbody") {
          if start > 0 { head(panel, columns) }
          for (row, pictures) in shown[start..<min(start + Self.longPanel, shown.count)] {
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
  }

  private func head(_ panel: PicturePanel, _ columns: [Int]) -> Markup {
    tag("tr", ["class": "times"]) {
      tag("td")
      for column in columns { tag("th", ["scope": "col"], text: label(panel.leadTimes[column])) }
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
