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
    let events = differences.compactMap(\.events).max() ?? 1
    let seeds = differences.map(\.bySeed.count).max() ?? 0
    var drawn = ["\(blocks) blocks of the test data"]
    if events > 1 { drawn = ["\(events) events", "\(blocks) blocks of time within them"] }
    if seeds > 1 { drawn.append("\(seeds) seeds") }
    var text =
      "Intervals come from a paired bootstrap: \(Self.list(drawn)) are drawn with replacement, the same for both "
      + "members of a pair, and their counts added up. "
    if differences.allSatisfy({ $0.interval == nil }) {
      text += "Here there is none, so nothing is called a difference or none. "
    } else if let adjustment = differences.compactMap(\.adjustment).max(by: { $0.pairs < $1.pairs }) {
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
    if differences.contains(where: { $0.test != nil }) {
      text +=
        "Beside them stands the Diebold–Mariano test of the blocks in the score that decides (corrected for few "
        + "blocks by Harvey, Leybourne and Newbold), which knows nothing of seeds. "
    }
    if differences.contains(where: { $0.role == .exploratory }) { text += exploratoryText + " " }
    return text
      + (seeds > 1
        ? "The last column is the range over the seeds."
        : "Only one seed was trained, so chance in training is unknown.")
  }

  /// Why all else than the score that decides is marked.
  var exploratoryText: String {
    "Only \(verdict.primaryScore.title(in: self)), \(task == .forecast ? "pooled over lead times, " : "")was named before "
      + "training and decides; everything else is exploratory, and among many scores some look clear by chance."
  }

  private static func list(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and \(last)"
  }

  private func table(_ groups: [[ScoreDifference]], _ label: String) -> Markup {
    let isAdjusted = groups.joined().contains { $0.adjustment != nil }
    let isTested = groups.joined().contains { $0.test != nil }
    let columns =
      ["Pair", "Better", "Difference"] + (isAdjusted ? ["Interval", "Level"] : ["95% interval"])
      + (isTested ? ["DM test"] : []) + ["By seed"]
    return Parts.scrolling(label) {
      tag("table", ["class": "dense differences"]) {
        tag("caption", ["class": "hidden"], text: label)
        tag("thead") { tag("tr") { for name in columns { tag("th", ["scope": "col"], text: name) } } }
        for group in groups {
          tag("tbody") {
            Parts.groupRow(
              group[0].score, columns: columns.count,
              note: group.contains(where: \.isPrimary)
                ? "decides" : group.contains { $0.role == .exploratory } ? "exploratory" : nil)
            for difference in recommendedPairsFirst(group) {
              line(difference, showsLevel: isAdjusted, showsTest: isTested)
            }
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

  private func line(_ difference: ScoreDifference, showsLevel: Bool, showsTest: Bool) -> Markup {
    let format = Format.signed
    return tag("tr") {
      tag("th", ["scope": "row"]) {
        difference.first
        tag("span", ["class": "minus"], text: " − ")
        difference.second
      }
      tag("td", ["class": "words"]) {
        switch difference.conclusion {
        case .better(let winner): tag("b", text: winner)
        case .equivalent: "equivalent"
        case .notClear: tag("span", ["class": "muted"], text: "no clear difference")
        case .unknown: tag("span", ["class": "muted"], text: "unknown")
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
      if showsTest {
        tag("td") {
          if let test = difference.test {
            test.pValue < 0.001 ? "p < 0.001" : "p = \(Format.score(test.pValue))"
          } else {
            Parts.undefined
          }
        }
      }
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
