extension ComparisonReport {
  /// Every difference with its interval and its seeds.
  var differencesSection: Markup? {
    guard let differences, !differences.isEmpty else { return nil }
    let blocks = differences[0].blocks
    let seeds = differences.map(\.bySeed.count).max() ?? 0
    return .group([
      tag(
        "p",
        text:
          "Intervals hold 95% of the differences in a paired bootstrap: \(blocks) blocks of the test data are "
          + "drawn with replacement, the same for both, and their counts added up. "
          + (seeds > 1
            ? "How far the \(seeds) seeds differ is a matter apart: it tells of chance in training, not of the data."
            : "One seed was trained: nothing is known of chance in training.")),
      Parts.scrolling("Differences with intervals") {
        tag("table", ["class": "dense differences"]) {
          tag("caption", ["class": "hidden"], text: "Differences with their intervals")
          tag("thead") {
            tag("tr") {
              for name in ["Score", "Difference", "Value", "95% interval", "By seed", "Better"] {
                tag("th", ["scope": "col"], text: name)
              }
            }
          }
          tag("tbody") { for difference in differences { line(difference) } }
        }
      },
    ])
  }

  private func line(_ difference: ScoreDifference) -> Markup {
    let format = Format.signed
    return tag("tr") {
      tag("th", ["scope": "row"]) {
        difference.score
        if difference.isPrimary { tag("small", ["class": "muted"], text: "decides") }
      }
      tag("td", ["class": "words"], text: "\(difference.first) − \(difference.second)")
      tag("td") { Parts.value(difference.value, format) }
      tag("td") {
        if let interval = difference.interval {
          "\(format(interval.lower)) to \(format(interval.upper))"
        } else {
          Parts.undefined
        }
      }
      tag("td") { seeds(difference.bySeed) }
      tag("td", ["class": "words"], text: difference.winner ?? "no clear difference")
    }
  }

  private func seeds(_ values: [Double?]) -> Markup {
    let known = values.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return Parts.undefined }
    return .text(
      known.count == 1 ? Format.signed(low) : "\(Format.signed(low)) to \(Format.signed(high))")
  }
}
