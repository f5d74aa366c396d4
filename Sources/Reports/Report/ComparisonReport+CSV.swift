import Foundation

extension ComparisonReport {
  /// The numbers as tables for other programs: file names and contents.
  var tables: [(name: String, content: String)] {
    var files = [("learning-curves.csv", learningCSV)]
    if task == .forecast { files.append(("scores.csv", scoresCSV)) }
    if task == .classification { files.append(("confusion.csv", confusionCSV)) }
    if let classScores {
      files.append(
        (
          "class-scores.csv",
          Self.csv(
            "model,class,precision,recall,f1",
            classScores.entries.flatMap { entry in
              entry.byClass.enumerated().map { label, scores in
                [
                  entry.name, className(label), Self.cell(scores.precision), Self.cell(scores.recall),
                  Self.cell(scores.f1),
                ]
              }
            })
        ))
    }
    if let fieldScores { files.append(("field-scores.csv", Self.fieldCSV(fieldScores))) }
    if let optimum { files.append(("skill.csv", Self.skillCSV(optimum))) }
    if let differences { files.append(("differences.csv", Self.differencesCSV(differences))) }
    for measurement in measurements ?? [] {
      for (index, figure) in measurement.figures.enumerated() {
        let name = "\(measurement.aspect.rawValue)-\(index + 1).csv"
        switch figure {
        case .table(let table): files.append((name, Self.csv(rows: [table.columns] + table.rows)))
        case .chart(let chart):
          files.append(
            (
              name,
              Self.csv(
                "line,\(Self.quoted(chart.xLabel)),\(Self.quoted(chart.yLabel)),lowest,highest",
                chart.lines.flatMap { line in
                  line.points.map {
                    [
                      line.name, Self.cell($0.x), Self.cell($0.y), Self.cell($0.range?.lower),
                      Self.cell($0.range?.upper),
                    ]
                  }
                })
            ))
        case .graph, .pictures: break
        }
      }
    }
    return files
  }

  private var learningCSV: String {
    Self.csv(
      "model,seed,epoch,training_loss,validation_loss",
      models.flatMap { model in
        model.trainings.flatMap { training in
          training.learningCurve.map {
            [
              model.name, "\(training.seed)", "\($0.epoch)", Self.cell($0.trainingLoss),
              Self.cell($0.validationLoss),
            ]
          }
        }
      })
  }

  private var scoresCSV: String {
    var rows: [[String]] = []
    for contender in contenders {
      for lead in contender.forecast?.byLeadTime ?? [] {
        for threshold in lead.scores.thresholds {
          rows.append([
            contender.name, Self.cell(lead.leadTime), Self.cell(threshold.threshold),
            Self.cell(threshold.csi),
            Self.cell(threshold.csiInterval?.lower), Self.cell(threshold.csiInterval?.upper),
            Self.cell(threshold.pod), Self.cell(threshold.far), Self.cell(threshold.bias),
            "\(threshold.hits)", "\(threshold.misses)", "\(threshold.falseAlarms)",
            "\(threshold.correctNegatives)", Self.cell(lead.scores.mse), Self.cell(lead.scores.mae),
            Self.cell(lead.scores.mse?.squareRoot()), Self.cell(threshold.ets), Self.cell(threshold.hss),
          ])
        }
      }
    }
    return Self.csv(
      "model,lead_time,threshold,csi,csi_lower,csi_upper,pod,far,bias,hits,misses,false_alarms,"
        + "correct_negatives,mse,mae,rmse,ets,hss", rows)
  }

  private var confusionCSV: String {
    var rows: [[String]] = []
    for contender in contenders {
      for (truth, counts) in (contender.classification?.confusion ?? []).enumerated() {
        for (prediction, count) in counts.enumerated() {
          rows.append([contender.name, className(truth), className(prediction), "\(count)"])
        }
      }
    }
    return Self.csv("model,truth,prediction,count", rows)
  }

  /// How intervals were adjusted stands in columns of its own, where any was.
  private static func differencesCSV(_ differences: [ScoreDifference]) -> String {
    let isAdjusted = differences.contains { $0.adjustment != nil }
    return csv(
      "score,first,second,difference,lower,upper,blocks,by_seed,better,role,events,margin,p_first_better,"
        + "p_equivalent,p_second_better,dm_statistic,dm_p" + (isAdjusted ? ",adjustment,level" : ""),
      differences.map { difference in
        [
          difference.score, difference.first, difference.second, cell(difference.value),
          cell(difference.interval?.lower), cell(difference.interval?.upper), "\(difference.blocks)",
          difference.bySeed.map { cell($0) }.joined(separator: " "), difference.winner ?? "",
          difference.role?.rawValue ?? "", difference.events.map(String.init) ?? "",
          cell(difference.equivalence?.margin), cell(difference.equivalence?.firstIsBetter),
          cell(difference.equivalence?.equivalent), cell(difference.equivalence?.secondIsBetter),
          cell(difference.test?.statistic), cell(difference.test?.pValue),
        ]
          + (isAdjusted
            ? [difference.adjustment?.method.rawValue ?? "", cell(difference.adjustment?.level ?? 0.95)] : [])
      })
  }

  private static func fieldCSV(_ scores: FieldScores) -> String {
    let fractions = scores.entries.first?.byLeadTime.first?.fractions ?? []
    let pooled = scores.entries.first?.byLeadTime.first?.pooledCSI ?? []
    let header =
      ["model", "lead_time", "ssim", "psnr", "sharpness", "patches"]
      + fractions.map { "fss_\(Format.plain($0.threshold))_\($0.scale)px" }
      + pooled.map { "csi_\(Format.plain($0.threshold))_pool\($0.pool)" }
    return csv(
      header.joined(separator: ","),
      scores.entries.flatMap { entry in
        entry.byLeadTime.map { lead in
          [
            entry.name, cell(lead.leadTime), cell(lead.ssim), cell(lead.psnr), cell(lead.sharpness),
            cell(lead.patches),
          ]
            + fractions.map { cell(lead.fraction(threshold: $0.threshold, scale: $0.scale)) }
            + pooled.map { cell(lead.pooledCSI(threshold: $0.threshold, pool: $0.pool)) }
        }
      })
  }

  private static func skillCSV(_ optimum: OptimalForecast) -> String {
    csv(
      "model,lead_time,optimal_mse,skill",
      optimum.skills.flatMap { skill in
        zip(optimum.byLeadTime, skill.byLeadTime).map { lead, value in
          [skill.name, cell(lead.leadTime), cell(lead.mse), cell(value.wrappedValue)]
        }
      })
  }

  private static func cell(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func csv(_ header: String, _ rows: [[String]]) -> String {
    ([header] + rows.map { $0.map(quoted).joined(separator: ",") }).joined(separator: "\n") + "\n"
  }

  private static func csv(rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
