extension ComparisonReport {
  /// The difference that decides.
  var decisiveDifference: ScoreDifference? {
    guard let pair = verdict.decisivePair else { return nil }
    return (differences ?? []).first {
      $0.role == .decides && $0.first == pair.first && $0.second == pair.second
    }
  }

  /// The three probabilities of the difference that decides, as one stacked bar and in numbers.
  var evidenceFigure: Markup {
    guard let difference = decisiveDifference, let equivalence = difference.equivalence else { return .empty }
    let parts: [(name: String, share: Double, colour: String)] = [
      ("\(difference.first) is better", equivalence.firstIsBetter, style(of: difference.first).colourClass),
      ("Equivalent", equivalence.equivalent, "equal"),
      (
        "\(difference.second) is better", equivalence.secondIsBetter,
        style(of: difference.second).colourClass
      ),
    ]
    return tag("figure", ["class": "evidence"]) {
      tag("figcaption") {
        tag("strong", text: "Does the difference matter?")
        "Probability of a difference of more than \(Format.significant(equivalence.margin)) in "
          + "\(difference.score), the margin named before training, or of none."
      }
      tag("div", ["class": "stack", "aria-hidden": "true"]) {
        for part in parts {
          tag("span", ["class": part.colour, "style": "--share: \(number3(part.share))"])
        }
      }
      tag("ul") {
        for part in parts {
          tag("li", ["class": part.colour]) {
            tag("span", text: part.name)
            tag("b", text: Format.probability(part.share))
          }
        }
      }
    }
  }
}
