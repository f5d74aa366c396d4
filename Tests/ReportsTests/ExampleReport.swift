import Foundation
import Reports

/// A report with invented but plausible numbers: rain cells that move, two models, one baseline.
enum ExampleReport {
  static let thresholds = [0.5, 2.0, 5.0]
  static let leadTimes = (1...12).map { Double($0) * 5 }

  static func forecast(seeds: [Int] = [1, 2, 3], intervals: Bool = true) throws -> ComparisonReport {
    ComparisonReport(
      title: "KNMI rain radar, 26 August 2010: which architecture forecasts the next hour?",
      task: .forecast,
      verdict: Verdict(
        recommendation: "Use ConvLSTM2D for this rain.",
        reason: "At equal parameter counts its CSI above 2 mm/h over the coming hour is 0.350, against 0.243 "
          + "for Conv2D + LSTM and 0.137 for persistence.",
        certainty: "The difference of 0.107 in CSI has a 95% interval of 0.061 to 0.148 over blocks of this "
          + "event, and all three seeds agree on its sign.",
        caveats: [
          "One event of seven and a half hours: nothing is said about other weather.",
          "Only 0.4% of the pixels exceed 5 mm/h; the scores there rest on few cells.",
          "Equal parameters are not equal work: ConvLSTM2D needs 6.8 times the operations per sample.",
        ],
        preferredModel: "ConvLSTM2D", primaryScore: .csi(threshold: 2)),
      data: DataDescription(
        name: "KNMI rain radar",
        summary: "92 composites from 00:00 to 07:35 UTC, one every 5 minutes, 765 × 700 pixels of 1 km. "
          + "Accumulations are turned into rates (× 12).",
        inputFrames: 6, forecastFrames: 12,
        split: [
          SplitPart(name: "training", extent: "00:00 to 02:40 UTC", samples: 1248),
          SplitPart(name: "validation", extent: "02:45 to 03:35 UTC", samples: 192),
          SplitPart(name: "test", extent: "04:40 to 07:35 UTC", samples: 304),
        ],
        tiles: TileDescription(
          height: 64, width: 64, resolution: "2 km", selection: "a fixed grid of 16 tiles, wettest first")),
      settings: [
        Setting("--task", "forecast"), Setting("--input-frames", "6"), Setting("--forecast-frames", "12"),
        Setting("--budget", "parameters, within 3%"), Setting("--epochs", "30"), Setting("--batch-size", "8"),
        Setting("--learning-rate", "0.001"), Setting("loss", "B-MSE + B-MAE"), Setting("optimizer", "Adam"),
      ],
      provenance: Provenance(
        command: "squall compare ../shared/data/radar/KNMI --task forecast --input-frames 6 "
          + "--forecast-frames 12 --output report-knmi",
        version: "0.1.0", date: Date(timeIntervalSince1970: 1_795_500_000),
        machine: "2 × Intel Xeon, AVX-512, 8 GB, Debian 12", backends: ["oneDNN 2.6.3 (AVX-512)"], threads: 2,
        totalSeconds: 5_340),
      models: [
        model(
          "Conv2D + LSTM", "convolutional encoder, LSTM 2 × 192, transposed-convolution decoder", skill: 0.62,
          decay: 0.040, parameters: 1_212_480, flops: 412_000_000, seconds: 802, seeds, intervals),
        model(
          "ConvLSTM2D", "encoder–forecaster, 3 × ConvLSTM2D of 32, 48, 64 channels, kernel 3", skill: 0.68,
          decay: 0.024, parameters: 1_229_889, flops: 2_810_000_000, seconds: 1_742, seeds, intervals),
      ],
      baselines: [
        BaselineResult(
          name: "Eulerian persistence", summary: "the last observed frame, unchanged",
          forecast: scores(skill: 0.66, decay: 0.085, intervals: intervals))
      ],
      pictures: try pictures())
  }

  static func classification() -> ComparisonReport {
    let classes = ["right-up", "right-down", "left-up", "left-down"]
    return ComparisonReport(
      title: "Pong, flight of the ball: which architecture recognises it?", task: .classification,
      verdict: Verdict(
        recommendation: "Use ConvLSTM2D for these clips.",
        reason: "It names the flight of the ball in 94% of the unseen clips, Conv2D + LSTM in 71%.",
        certainty: "The intervals do not touch; all three seeds agree.",
        caveats: ["Clips of one game console, split by episode."], preferredModel: "ConvLSTM2D",
        primaryScore: .accuracy),
      data: DataDescription(
        name: "Pong", summary: "600 clips of 12 frames, 80 × 80 pixels, recorded from an emulator.",
        quantity: "brightness", unit: "", leadTimeUnit: .frames, inputFrames: 12, classes: classes,
        split: [
          SplitPart(name: "training", extent: "episodes 1 to 70", samples: 420),
          SplitPart(name: "validation", extent: "episodes 71 to 85", samples: 84),
          SplitPart(name: "test", extent: "episodes 86 to 100", samples: 96),
        ]),
      settings: [Setting("--task", "classification"), Setting("--epochs", "20")],
      provenance: Provenance(
        command: "squall compare ../shared/data/video/pong-ball --task classification", version: "0.1.0",
        date: Date(timeIntervalSince1970: 1_795_500_000), machine: "2 cores", backends: ["plain Swift"],
        threads: 2),
      models: [
        classifier("Conv2D + LSTM", [[16, 5, 2, 1], [6, 17, 0, 1], [3, 1, 18, 2], [1, 2, 4, 17]], 0.02),
        classifier("ConvLSTM2D", [[23, 1, 0, 0], [1, 22, 0, 1], [0, 0, 23, 1], [0, 1, 1, 22]], 0.004),
      ],
      baselines: [
        BaselineResult(
          name: "Majority class", summary: "always the most frequent class",
          classification: ClassificationResult(
            accuracy: 0.25,
            confusion: [[24, 0, 0, 0], [24, 0, 0, 0], [24, 0, 0, 0], [24, 0, 0, 0]]))
      ])
  }

  // MARK: Numbers

  static func model(
    _ name: String, _ summary: String, skill: Double, decay: Double, parameters: Int, flops: Int,
    seconds: Double, _ seeds: [Int], _ intervals: Bool
  ) -> ModelResult {
    ModelResult(
      name: name, summary: summary, parameters: parameters, flopsPerSample: flops,
      layers: [
        LayerDescription(name: "SpaceToDepth", outputShape: "[6, 16, 16, 16]", parameters: 0, flops: 0),
        LayerDescription(
          name: name, outputShape: "[6, 16, 16, 48]", parameters: parameters * 4 / 5, flops: flops * 4 / 5),
        LayerDescription(
          name: "Conv2D", outputShape: "[12, 16, 16, 16]", parameters: parameters / 5, flops: flops / 5),
      ],
      trainings: seeds.map { seed in
        TrainingResult(
          seed: seed, seconds: seconds + Double(seed) * 7, bestEpoch: 19 + seed,
          learningCurve: (1...30).map { epoch in
            let wobble = 0.008 * sin(Double(epoch * (3 + seed)) * 1.7) + 0.004 * Double(seed)
            let training = 0.11 + 0.6 * exp(-Double(epoch) * decay * 6)
            let validation = 0.16 + decay + 0.5 * exp(-Double(epoch) * decay * 5)
            return EpochLoss(
              epoch: epoch, trainingLoss: training + wobble / 2,
              validationLoss: validation + wobble + 0.0015 * Double(max(0, epoch - 20)))
          })
      },
      forecast: scores(skill: skill, decay: decay, intervals: intervals))
  }

  static func scores(skill: Double, decay: Double, intervals: Bool) -> ForecastResult {
    let results = leadTimes.map { time -> LeadTimeResult in
      LeadTimeResult(
        leadTime: time,
        scores: pixelScores(
          csi: thresholds.enumerated().map { index, _ in
            let factor = [1, 0.66, 0.4][index]
            return min(skill * 1.25 * factor * exp(-decay * time * (0.35 + 0.3 * Double(index))), 0.97)
          }, mse: 2.1 + (1 - skill) * 2 + 0.9 * log(1 + time * decay * 2), intervals: intervals))
    }
    let count = Double(results.count)
    let pooledCSI = thresholds.indices.map { index in
      results.compactMap { $0.scores.thresholds[index].csi }.reduce(0, +) / count
    }
    let pooledMSE = results.compactMap(\.scores.mse).reduce(0, +) / count
    return ForecastResult(
      pooled: pixelScores(csi: pooledCSI, mse: pooledMSE, intervals: intervals), byLeadTime: results)
  }

  private static func pixelScores(csi: [Double], mse: Double, intervals: Bool) -> PixelScores {
    let pixels = 1_245_184
    let events = [0.11, 0.03, 0.004].map { Int($0 * Double(pixels)) }
    let table = zip(thresholds, zip(events, csi)).map { threshold, values -> ThresholdScores in
      let (observed, csi) = values
      let forecast = Int(Double(observed) * (0.75 + 0.4 * csi))
      // CSI = h / (o + f − h)
      let hits = Int(csi * Double(observed + forecast) / (1 + csi))
      let half = 0.02 + 0.004 * threshold
      return ThresholdScores(
        threshold: threshold, hits: hits, misses: observed - hits, falseAlarms: forecast - hits,
        correctNegatives: pixels - observed - forecast + hits, csi: csi,
        csiInterval: intervals ? ScoreInterval(lower: max(csi - half, 0), upper: csi + half) : nil,
        pod: Double(hits) / Double(observed), far: Double(forecast - hits) / Double(forecast),
        bias: Double(forecast) / Double(observed))
    }
    return PixelScores(
      pixels: pixels, mse: mse,
      mseInterval: intervals ? ScoreInterval(lower: mse * 0.93, upper: mse * 1.08) : nil, mae: mse / 7,
      meanError: 0.1 - mse / 22, thresholds: table)
  }

  static func classifier(_ name: String, _ confusion: [[Int]], _ floor: Double) -> ModelResult {
    let correct = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    let total = confusion.reduce(0) { $0 + $1.reduce(0, +) }
    let accuracy = Double(correct) / Double(total)
    return ModelResult(
      name: name, summary: "two layers, pooling, dense head", parameters: 98_532, flopsPerSample: 61_000_000,
      trainings: [
        TrainingResult(
          seed: 1, seconds: 94, bestEpoch: 17,
          learningCurve: (1...20).map { epoch in
            EpochLoss(
              epoch: epoch, trainingLoss: floor + 1.4 * exp(-Double(epoch) * 0.35),
              validationLoss: floor * 3 + 1.4 * exp(-Double(epoch) * 0.28))
          })
      ],
      classification: ClassificationResult(
        accuracy: accuracy, accuracyInterval: ScoreInterval(lower: accuracy - 0.05, upper: accuracy + 0.03),
        confusion: confusion))
  }

  // MARK: Fields

  /// Cells of rain that move to the north-east and change; `blur` widens and flattens them as forecasts do.
  static func rain(minutes: Double, blur: Double = 1, speed: Double = 0.34) -> [Float] {
    let cells: [(x: Double, y: Double, size: Double, peak: Double, growth: Double)] = [
      (6, 50, 3.2, 38, -0.004), (15, 40, 6, 11, 0.004), (22, 57, 4, 24, 0.002), (33, 30, 9, 4.5, -0.001),
      (40, 44, 3, 30, -0.01), (12, 18, 11, 2.4, 0.001), (50, 14, 5, 9, 0.003), (2, 32, 7, 7, 0.003),
      (27, 46, 2, 60, -0.006), (-8, 55, 5, 16, 0.002),
    ]
    return (0..<64 * 64).map { index in
      let (x, y) = (Double(index % 64), Double(index / 64))
      var rate = -0.12
      for cell in cells {
        let (cx, cy) = (cell.x + minutes * speed, cell.y - minutes * speed * 0.45)
        let size = cell.size * blur
        let (dx, dy) = (x - cx, y - cy)
        let stretched =
          (dx * 0.9 + dy * 0.45) * (dx * 0.9 + dy * 0.45) + (dy - dx * 0.3) * (dy - dx * 0.3) * 1.7
        let texture = 1 + 0.35 * sin(dx * 0.9 + cell.peak) * cos(dy * 1.1 + minutes * 0.05) / blur
        rate +=
          cell.peak * exp(cell.growth * minutes) / (blur * blur) * exp(-stretched / (size * size)) * texture
      }
      return Float(max(rate, 0))
    }
  }

  private static func pictures() throws -> [PicturePanel] {
    let times: [Double] = [-25, -15, 0, 5, 15, 30, 45, 60]
    let mask = (0..<64 * 64).map { index in index % 64 + index / 64 < 112 }
    func row(
      _ label: String, _ scale: ColourScale = .rainRate, inputs: Bool = false, _ field: (Double) -> [Float]
    ) throws -> PictureRow {
      PictureRow(
        label: label, scale: scale,
        pictures: try times.map { time in
          if time <= 0 && !inputs { return nil }
          return try Picture(field: field(time), mask: mask, height: 64, width: 64, scale: scale)
        })
    }
    let integrated = { (time: Double) in rain(minutes: time, blur: 1 + time / 110) }
    return [
      PicturePanel(
        title: "Tile 3, last input 05:35 UTC",
        caption: "A band of showers moves north-east. The median test case by CSI at 2 mm/h.",
        leadTimes: times,
        rows: [
          try row("observed", inputs: true) { rain(minutes: $0) },
          try row("Conv2D + LSTM") { rain(minutes: $0 * 0.75, blur: 1.15 + $0 / 60) },
          try row("ConvLSTM2D") { integrated($0) },
          try row("Eulerian persistence") { _ in rain(minutes: 0) },
          try row("ConvLSTM2D − observed", .rainDifference) { time in
            zip(integrated(time), rain(minutes: time)).map { $0 - $1 }
          },
        ])
    ]
  }
}
