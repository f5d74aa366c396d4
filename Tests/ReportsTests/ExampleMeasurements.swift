import Foundation
import Reports

extension ExampleReport {
  /// The report with every row that a comparison can have.
  static func complete(_ report: ComparisonReport) throws -> ComparisonReport {
    var report = report
    report.measurements = try aspects(report.models.map(\.name))
    report.suitability = Suitability(
      advice: "Train ConvLSTM2D first: its squared error is expected to be 20% lower.", advised: "ConvLSTM2D",
      probability: 0.86, outcome: .confirms, sentence: "The comparison confirms it.")
    report.differences =
      report.models.count < 2
      ? nil
      : [
        ScoreDifference(
          score: "CSI, rain > 2 mm/h", first: report.models[1].name, second: report.models[0].name,
          value: 0.107,
          interval: ScoreInterval(lower: 0.061, upper: 0.148), bySeed: [0.1, 0.11, 0.112], blocks: 8,
          higherIsBetter: true, isPrimary: true)
      ]
    report.tuning = TuningResult(
      entries: report.models.map { model in
        .init(
          name: model.name,
          trials: [0.0005, 0.001, 0.002].map { rate in
            .init(
              learningRate: rate, contender: "convlstm2d:kernel=5", parameters: model.parameters,
              firstLoss: 0.2 + rate, lastLoss: 0.1 + rate, epochs: 3, steps: 120, seeds: 2,
              isChosen: rate == 0.001)
          })
      })
    report.trainingShares = TrainingShareCurves(
      entries: report.models.map { model in
        .init(
          name: model.name,
          points: [0.25, 0.5, 1].map { share in
            SharePoint(
              share: share,
              score: .init(
                value: 0.3 + share / 10, interval: ScoreInterval(lower: 0.28, upper: 0.43),
                bySeed: [0.3 + share / 10, 0.29 + share / 10]))
          }, lowerIsBetter: false)
      })
    if report.task == .classification {
      report.classScores = ClassScores(
        k: 2,
        entries: report.models.map {
          .init(name: $0.name, result: $0.classification!, topK: 0.97, calibrationError: 0.04)
        } + report.baselines.map { .init(name: $0.name, result: $0.classification!) })
    }
    if report.task == .forecast {
      let names = report.models.map(\.name) + report.baselines.map(\.name)
      report.fieldScores = FieldScores(
        dataRange: 60, explanation: "SSIM and PSNR with a data range of 60 mm/h.",
        entries: names.enumerated().map { number, name in
          FieldScores.Entry(
            name: name,
            byLeadTime: leadTimes.map { time in
              let value = 0.9 - time / 200 - Double(number) / 50
              return FieldScores.Lead(
                leadTime: time, ssim: value, psnr: 30 * value, sharpness: value / 2, patches: 2 - value,
                fractions: [1, 5, 17].map {
                  .init(threshold: 0.5, scale: $0, value: min(1, value + Double($0) / 100))
                },
                pooledCSI: [4, 16].map {
                  .init(threshold: 0.5, pool: $0, value: min(1, value + Double($0) / 90))
                })
            })
        })
      report.optimum = OptimalForecast(
        name: "best linear forecast",
        explanation: "These data are generated, so the smallest error is known.",
        variance: 6,
        byLeadTime: leadTimes.map { OptimalForecast.LeadError(leadTime: $0, mse: 1 + $0 / 60) },
        models: report.models, baselines: report.baselines)
    }
    return report
  }

  private static func aspects(_ names: [String]) throws -> [MeasuredAspect] {
    let sentence = "A sentence on %, of the length that such sentences have, with 12.3 MiB and 4.56 G in it."
    func aspect(
      _ aspect: MeasuredAspect.Aspect, _ figures: [MeasuredFigure]
    ) -> MeasuredAspect {
      MeasuredAspect(
        aspect: aspect, findings: names.map { sentence.replacingOccurrences(of: "%", with: $0) },
        method: "What was measured and how, in a sentence or two, on the test part.", figures: figures)
    }
    let table = MeasuredFigure.table(
      MeasuredTable(
        title: "A table with many columns",
        columns: ["Stage"] + (1...9).map { "Column with a name \($0)" },
        rows: (1...4).map { row in ["encoder_conv_lstm_\(row)"] + (1...9).map { "\(row * $0) 234.5 MiB" } }))
    let indices = [-0.003, 0.037, 0.134, 0.224, 0.271]
    let dial = MeasuredFigure.chart(
      MeasuredChart(
        title: "Error along the interaction dial", xLabel: "interaction index",
        yLabel: "squared error, share of the variance",
        lines: names.enumerated().map { number, name in
          MeasuredLine(
            name: name, model: number,
            points: indices.map { index in
              let value = 1 - Double(number + 1) * index
              return MeasuredPoint(
                x: index, y: value, range: ScoreInterval(lower: value - 0.02, upper: value + 0.02))
            })
        } + [
          MeasuredLine(
            name: "best linear forecast", model: nil,
            points: indices.map { MeasuredPoint(x: $0, y: 0.9 - 3 * $0) })
        ],
        marker: MeasuredMarker(
          name: "these data: 0.14", x: 0.142, interval: ScoreInterval(lower: 0.121, upper: 0.166))))
    let cost = MeasuredFigure.chart(
      MeasuredChart(
        title: "Cost of a forecast", xLabel: "pixels a side", yLabel: "operations", isLogarithmic: true,
        lines: names.enumerated().map { number, name in
          MeasuredLine(
            name: name, model: number,
            points: [32.0, 64, 128].map { MeasuredPoint(x: $0, y: $0 * $0 * 1e5 * Double(number + 1)) })
        }))
    let graph = MeasuredFigure.graph(
      MeasuredGraph(
        title: names.first ?? "",
        nodes: [
          .init(name: "frames", text: "Input [*, 6, 64, 64, 1]", inputs: [], isVector: false),
          .init(
            name: "encoder_conv_1", text: "Conv2D each frame [*, 6, 32, 32, 16]", inputs: [0], isVector: false
          ),
          .init(name: "flatten", text: "Flatten each frame [*, 6, 4096]", inputs: [1], isVector: true),
          .init(name: "encoder_lstm", text: "LSTM [*, 192]", inputs: [2], isVector: true),
        ]))
    return [
      aspect(.architecture, [graph, table]), aspect(.dataHandling, [table]),
      aspect(.temporalDynamics, [cost, table]), aspect(.efficiency, [cost, cost, table]),
      aspect(.suitability, [dial, table]), aspect(.information, [table]),
    ]
  }
}
