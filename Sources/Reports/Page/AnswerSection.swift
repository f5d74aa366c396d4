extension ComparisonReport {
  /// The answer in two sentences, what to do with it, how sure it is, and the score that decides as bars.
  var answerSection: Markup {
    tag("section", ["id": "answer", "aria-labelledby": "answer-heading"]) {
      tag("h2", ["id": "answer-heading", "class": "hidden"], text: "The answer")
      tag("div", ["class": "answer"]) {
        tag("div") {
          tag("p", ["class": "lede"]) {
            verdict.recommendation
            " "
            tag("span", ["class": "reason"], text: verdict.reason)
          }
          nextSteps
          if !verdict.certainty.isEmpty {
            tag("h3", text: "How sure")
            tag("p", ["class": "sure"], text: verdict.certainty)
            evidenceFigure
          }
          if let suitability {
            tag("h3", text: "Was the advice right?")
            tag("p", ["class": "sure"]) {
              "Before training, squall advise said: “\(suitability.advice)” "
              suitability.sentence
            }
          }
          if !verdict.caveats.isEmpty {
            tag("h3", text: "What this cannot tell")
            tag("ul", ["class": "caveats"]) { for caveat in verdict.caveats { tag("li", text: caveat) } }
          }
          warnings.map { tag("p", ["class": "warning", "role": "note"], text: $0) }
        }
        primaryBars
      }
    }
  }

  /// Commands to copy; a click selects a whole one.
  private var nextSteps: Markup {
    guard !verdict.nextSteps.isEmpty else { return .empty }
    return tag("div", ["class": "next"]) {
      tag("h3", text: "Next steps")
      tag("ol") {
        for step in verdict.nextSteps {
          tag("li") {
            tag("p", text: step.text)
            Parts.command(step.command)
          }
        }
      }
    }
  }

  /// What the scores leave out; said here because a model must not look better for it.
  private var warnings: [String] {
    contenders.compactMap { contender in
      if let pixels = contender.forecast?.nonFiniteForecasts, pixels > 0 {
        return
          "\(contender.name) forecast no finite value for \(Format.count(pixels)) pixels. "
          + "Its scores leave them out, and so look better than they should."
      }
      if let clips = contender.classification?.undecided, clips > 0 {
        return
          "\(contender.name) gave no finite scores for \(Format.count(clips)) samples. They count as wrong."
      }
      return nil
    }
  }

  private var primaryBars: Markup {
    let primary = verdict.primaryScore
    let shown = recommendedFirst.map { ($0, primary.of($0)) }
    let ends = shown.flatMap { [$1.value, $1.interval?.upper].compactMap { $0 } }
    let full = primary.kind == .accuracy ? max(1, ends.max() ?? 1) : ends.max() ?? 1
    func share(_ value: Double) -> String { full > 0 ? number3(min(max(value / full, 0), 1)) : "0" }
    let pooled = task == .forecast ? "Pooled over lead times. " : ""
    return tag("figure", ["class": "bars"]) {
      tag("figcaption") {
        tag("strong", text: primary.title(in: self))
        "\(pooled)\(primary.lowerIsBetter ? "Lower" : "Higher") is better. "
        "Named before training as the score that decides."
      }
      tag("ul") {
        for (contender, score) in shown {
          tag("li", ["class": contender.style.colourClass]) {
            tag("div", ["class": "name"]) {
              tag("b") {
                contender.name
                Parts.badge(badge(contender.name))
              }
              tag("span", ["class": "value"]) { Parts.value(score.value, primary.format) }
            }
            tag("div", ["class": "track", "aria-hidden": "true"]) {
              if let value = score.value {
                tag("div", ["class": "fill", "style": "--to: \(share(value))"])
              }
              if let interval = score.interval {
                tag(
                  "div",
                  [
                    "class": "whisker",
                    "style": "--from: \(share(interval.lower)); --to: \(share(interval.upper))",
                  ])
              }
            }
            if let interval = score.interval {
              tag(
                "small",
                text: "95% interval \(primary.format(interval.lower)) to \(primary.format(interval.upper))")
            }
          }
        }
      }
    }
  }
}

/// A share for a style attribute, three decimals.
func number3(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
