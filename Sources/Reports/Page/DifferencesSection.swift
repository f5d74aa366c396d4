extension ComparisonReport {
  /// Every difference with its interval and its seeds, score by score.
  var differencesSection: Markup? {
    guard let differences, !differences.isEmpty else { return nil }
    var scores: [String] = []
    for difference in differences where !scores.contains(difference.score) { scores.append(difference.score) }
    let groups = scores.map { score in differences.filter { $0.score == score } }
    // The score that decides is read first; of many lines the others are folded away.
    let isLong = differences.count > 14
    let open = isLong ? groups.filter { $0.contains(where: \.isPrimary) } : groups
    let shown = open.isEmpty ? Array(groups.prefix(1)) : open
    let folded = groups.filter { group in !shown.contains { $0[0].score == group[0].score } }
    return .group([
      tag("p", text: explanation(differences)),
      table(shown, "Differences with intervals"),
      folded.isEmpty
        ? .empty
        : tag("details", ["class": "screen"]) {
          tag("summary", text: "Differences in \(folded.count == 1 ? "the other score" : "other scores")")
          table(folded, "Differences in other scores")
        },
    ])
  }

  private func explanation(_ differences: [ScoreDifference]) -> String {
    let blocks = differences.map(\.blocks).max() ?? 0
    let seeds = differences.map(\.bySeed.count).max() ?? 0
    var text =
      "Intervals come from a paired bootstrap: \(blocks) blocks of the test data are drawn with replacement, the same "
      + "for both members of a pair, and their counts added up. "
    if let adjustment = differences.compactMap(\.adjustment).max(by: { $0.pairs < $1.pairs }) {
      text +=
        "Among \(models.count) models there are \(adjustment.pairs) pairs for each score. Intervals of pairs are "
        + "adjusted by Holm's method, which widens them so that the chance of calling any difference clear where "
        + "there is none is at most 5% over all pairs of a score; the level stands beside each interval. "
    } else {
      text += "An interval holds 95% of the differences. "
      if models.count > 2 {
        text +=
          "Intervals are not adjusted for the number of pairs: the more pairs, the more differences look clear "
          + "by chance. "
      }
    }
    return text
      + (seeds > 1
        ? "The spread over the \(seeds) seeds is shown separately: it reflects chance in training, not in the data."
        : "Only one seed was trained, so chance in training is unknown.")
  }

  private func table(_ groups: [[ScoreDifference]], _ label: String) -> Markup {
    let isAdjusted = groups.joined().contains { $0.adjustment != nil }
    let columns =
      ["Pair", "Better", "Difference"] + (isAdjusted ? ["Interval", "Level"] : ["95% interval"]) + ["By seed"]
    return Parts.scrolling(label) {
      tag("table", ["class": "dense differences"]) {
        tag("caption", ["class": "hidden"], text: label)
        tag("thead") { tag("tr") { for name in columns { tag("th", ["scope": "col"], text: name) } } }
        for group in groups {
          tag("tbody") {
            Parts.groupRow(
              group[0].score, columns: columns.count,
              note: group.contains(where: \.isPrimary) ? "decides" : nil)
            for difference in recommendedPairsFirst(group) { line(difference, showsLevel: isAdjusted) }
          }
        }
      }
    }
  }

  private func recommendedPairsFirst(_ group: [ScoreDifference]) -> [ScoreDifference] {
    func isRecommended(_ difference: ScoreDifference) -> Bool {
      [difference.first, difference.second].contains { $0 == verdict.recommended }
    }
    return group.filter(isRecommended) + group.filter { !isRecommended($0) }
  }

  private func line(_ difference: ScoreDifference, showsLevel: Bool) -> Markup {
    let format = Format.signed
    return tag("tr") {
      tag("th", ["scope": "row"]) {
        difference.first
        tag("span", ["class": "minus"], text: " − ")
        difference.second
      }
      tag("td", ["class": "words"]) {
        if let winner = difference.winner {
          tag("b", text: winner)
        } else {
          tag("span", ["class": "muted"], text: "no clear difference")
        }
      }
      tag("td") { Parts.value(difference.value, format) }
      tag("td") {
        if let interval = difference.interval {
          "\(format(interval.lower)) to \(format(interval.upper))"
        } else {
          Parts.undefined
        }
      }
      if showsLevel { tag("td", text: Format.level(difference.adjustment?.level ?? 0.95)) }
      tag("td") { seeds(difference.bySeed) }
    }
  }

  private func seeds(_ values: [Double?]) -> Markup {
    let known = values.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return Parts.undefined }
    return .text(
      known.count == 1 ? Format.signed(low) : "\(Format.signed(low)) to \(Format.signed(high))")
  }
}
