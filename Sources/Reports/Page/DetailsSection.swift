extension ComparisonReport {
  /// What one needs to judge the comparison and to run it again.
  var detailsSection: Markup? {
    .group([
      tag("h3", text: "Run it again"),
      Parts.command(provenance.command),
      Parts.facts([
        ("Started", Format.date(provenance.date)),
        ("Took", provenance.totalSeconds.map(Format.duration) ?? ""),
        ("Machine", provenance.machine),
        ("Threads", "\(provenance.threads)"),
        ("Arithmetic", provenance.backends.joined(separator: "; ")),
        ("Seeds", seeds),
        ("Version", "Squall \(provenance.version)"),
      ]),
      tag("div", ["class": "columns"]) {
        tag("div") { dataDetails }
        if !settings.isEmpty { tag("div") { settingsTable } }
      },
      tag("h3", text: "Models and baselines"),
      .group(recommendedFirst.map { modelDetails($0) }),
      countsDetails,
    ])
  }

  private var seeds: String {
    var seen: [Int] = []
    for training in models.flatMap(\.trainings) where !seen.contains(training.seed) {
      seen.append(training.seed)
    }
    return seen.map(String.init).joined(separator: ", ")
  }

  private var dataDetails: Markup {
    let frames =
      "\(data.inputFrames) frames in" + (data.forecastFrames.map { ", \($0) frames out" } ?? "")
    return .group([
      tag("h3", text: "Data"),
      tag("p", text: data.summary),
      Parts.facts([
        ("Sample", frames),
        (
          "Tiles",
          data.tiles.map { "\($0.height) × \($0.width) pixels of \($0.resolution); \($0.selection)" } ?? ""
        ),
        ("Classes", data.classes.joined(separator: ", ")),
      ]),
      data.split.isEmpty
        ? .empty
        : tag("table", ["class": "words"]) {
          tag("caption", ["class": "hidden"], text: "Split of the data")
          tag("thead") {
            tag("tr") {
              for name in ["Part", "Extent", "Samples"] { tag("th", ["scope": "col"], text: name) }
            }
          }
          tag("tbody") {
            for part in data.split {
              tag("tr") {
                tag("th", ["scope": "row"], text: part.name)
                tag("td", text: part.extent)
                tag("td", text: Format.count(part.samples))
              }
            }
          }
        },
    ])
  }

  private var settingsTable: Markup {
    .group([
      tag("h3", text: "Settings"),
      tag("table", ["class": "words"]) {
        tag("caption", ["class": "hidden"], text: "Settings of the comparison")
        tag("thead") {
          tag("tr") { for name in ["Setting", "Value"] { tag("th", ["scope": "col"], text: name) } }
        }
        tag("tbody") {
          for setting in settings {
            tag("tr") {
              tag("th", ["scope": "row"], text: setting.name)
              tag("td", text: setting.value)
            }
          }
        }
      },
    ])
  }

  private func modelDetails(_ contender: Contender) -> Markup {
    guard let model = contender.model, !model.layers.isEmpty else {
      return tag("p") {
        tag("strong", text: contender.name)
        contender.summary.isEmpty ? "." : ": \(contender.summary)"
      }
    }
    return tag("details") {
      tag("summary") {
        tag("strong", text: model.name)
        ": \(model.summary)"
      }
      Parts.scrolling("Layers of \(model.name)") {
        tag("table", ["class": "dense"]) {
          tag("thead") {
            tag("tr") {
              for name in ["Layer", "Output", "Parameters", "FLOPs"] {
                tag("th", ["scope": "col"], text: name)
              }
            }
          }
          tag("tbody") {
            for layer in model.layers {
              tag("tr") {
                tag("th", ["scope": "row"], text: layer.name)
                tag("td", text: layer.outputShape)
                tag("td", text: Format.count(layer.parameters))
                tag("td", text: Format.metric(layer.flops))
              }
            }
          }
        }
      }
    }
  }

  /// Contingency counts, so that any other score can be computed from the page.
  private var countsDetails: Markup {
    let shown = recommendedFirst.filter {
      $0.forecast?.byLeadTime.contains { !$0.scores.thresholds.isEmpty } == true
    }
    guard !shown.isEmpty else { return .empty }
    return tag("div", ["class": "screen"]) {
      tag("h3", text: "Contingency counts")
      shown.map { contender in counts(contender.name, contender.forecast?.byLeadTime ?? []) }
    }
  }

  private func counts(_ name: String, _ results: [LeadTimeResult]) -> Markup {
    tag("details") {
      tag("summary", text: name)
      Parts.scrolling("Contingency counts of \(name)") {
        tag("table", ["class": "dense"]) {
          tag("thead") {
            tag("tr") {
              for column in [
                "Lead time", "Threshold", "Hits", "Misses", "False alarms", "Correct negatives", "Bias",
              ] { tag("th", ["scope": "col"], text: column) }
            }
          }
          tag("tbody") {
            for result in results {
              for scores in result.scores.thresholds {
                tag("tr") {
                  tag("th", ["scope": "row"], text: leadTime(result.leadTime))
                  tag("td", text: "> \(Format.plain(scores.threshold)) \(data.unit)")
                  for count in [scores.hits, scores.misses, scores.falseAlarms, scores.correctNegatives] {
                    tag("td", text: Format.count(count))
                  }
                  tag("td") { Parts.value(scores.bias, Format.score) }
                }
              }
            }
          }
        }
      }
    }
  }
}
