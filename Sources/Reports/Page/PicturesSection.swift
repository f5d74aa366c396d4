extension ComparisonReport {
  /// Observed and forecast fields side by side.
  var picturesSection: Markup? {
    pictures.isEmpty ? nil : .group(pictures.enumerated().map { panel($1, id: "panel-\($0)") })
  }

  private func panel(_ panel: PicturePanel, id: String) -> Markup {
    var scales: [ColourScale] = []
    for row in panel.rows where !scales.contains(row.scale) { scales.append(row.scale) }
    return tag("figure", ["class": "panel", "aria-labelledby": "\(id)-title"]) {
      tag("h3", ["id": "\(id)-title"], text: panel.title)
      if !panel.caption.isEmpty { tag("figcaption", ["class": "muted"], text: panel.caption) }
      Parts.scrolling("Pictures: \(panel.title)") {
        tag("table", ["style": "--columns: \(panel.leadTimes.count)"]) {
          tag("thead") {
            tag("tr") {
              tag("td")
              for time in panel.leadTimes {
                tag("th", ["scope": "col", "class": time == 0 ? "now" : nil], text: label(time))
              }
            }
          }
          tag("tbody") { for row in panel.rows { pictureRow(row, panel.leadTimes) } }
        }
      }
      tag("div", ["class": "scales"]) {
        for (index, scale) in scales.enumerated() {
          tag("div") {
            if scales.count > 1 {
              let rows = panel.rows.filter { $0.scale == scale }.map(\.label)
              tag("p", text: rows.joined(separator: ", "))
            }
            ScaleLegend(scale: scale, unit: data.unit).markup(id: "\(id)-scale-\(index)")
          }
        }
      }
    }
  }

  private func pictureRow(_ row: PictureRow, _ leadTimes: [Double]) -> Markup {
    tag("tr") {
      tag("th", ["scope": "row"], text: row.label)
      for (index, time) in leadTimes.enumerated() {
        tag("td", ["class": time == 0 ? "now" : nil]) {
          if index < row.pictures.count, let picture = row.pictures[index] {
            tag(
              "img",
              [
                "src": "data:image/png;base64,\(picture.png.base64EncodedString())",
                "width": "\(picture.width)", "height": "\(picture.height)",
                "alt": "\(row.label), \(label(time)): \(picture.summary)",
              ])
          }
        }
      }
    }
  }

  private func label(_ time: Double) -> String {
    if time == 0 { return "last input" }
    return (time > 0 ? "+" : "") + "\(Format.plain(time)) \(leadTimeSuffix)"
  }
}
