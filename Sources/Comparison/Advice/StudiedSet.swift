import Foundation
import Reports
import Synthesis
import TensorCore

/// A data set of the study that `squall advise` rests on, and how contenders are compared on it.
///
/// Sets are drawn over the dials of the generators, over sizes, lengths, noise and the number of sequences, and over
/// budgets. The draw depends on the number of the set alone, so a study can be made longer without changing what it has.
package struct StudiedSet: Codable, Hashable, Sendable {
  /// The place in the draw.
  package var number: Int
  /// The generator, with its options: what stands in place of a path.
  package var data: String
  /// The seed of the data and of the trainings.
  package var seed: UInt64
  package var inputFrames: Int
  package var forecastFrames: Int
  package var tileSize: Int
  package var parameters: Int
  package var budget: Budget

  /// The set with a number, from 0.
  package init(number: Int) {
    var draw = Draw(number)
    self.number = number
    seed = UInt64(number + 1)
    inputFrames = draw.one(of: [4, 6])
    forecastFrames = draw.one(of: [2, 4, 6])
    // The first sets are small, so that there are many of them; the others are of the size that is usual for tiles.
    let isLarge = number >= Self.smallSets
    let side = isLarge ? 32 : draw.one(of: [16, 16, 24])
    tileSize = side
    // Less would starve an LSTM over whole maps.
    parameters = isLarge ? 200_000 : draw.one(of: [70_000, 120_000])
    budget = draw.one(of: [.parameters, .parameters, .flops, .time])
    let frames = 4 * (inputFrames + forecastFrames)
    let samples = draw.one(of: isLarge ? [40, 80] : [20, 40, 80])
    let size = "height=\(side),width=\(side)"
    switch Self.generators[number % Self.generators.count] {
    case .interactionDial:
      data =
        "theta=\(draw.number(0, 1)),wind-rows=\(draw.number(-2, 2)),wind-columns=\(draw.number(-2, 2)),"
        + "slope=\(draw.number(2, 4)),largest-scale=\(side / 2),samples=\(samples),frames=\(frames),\(size)"
    case .movingDigits:
      data =
        "digits=\(draw.one(of: [1, 2])),speed=\(draw.number(0.5, 4)),samples=\(samples),frames=\(frames),\(size)"
    default:
      let cells = draw.one(of: side == 24 ? [3, 4, 6] : [4, 4, 8])
      data =
        "reach=\(draw.number(1, 0.7 * Double(cells))),variety=\(draw.one(of: [0.0, 0.5, 1.0, 1.0])),"
        + "memory=\(draw.number(0.85, 0.99)),noise=\(draw.number(0, 0.4)),cell=\(side / cells),samples=\(samples),"
        + "frames=\(frames),\(size)"
    }
    data = "generated:\(Self.generators[number % Self.generators.count].rawValue):" + data
  }

  private static let smallSets = 60

  private static let generators: [GeneratorName] = [
    .couplingDial, .interactionDial, .couplingDial, .interactionDial, .couplingDial, .movingDigits,
  ]

  /// The arguments of `squall compare`, but for the folder.
  package var arguments: [String] {
    [
      data, "--task", "forecast", "--seed", "\(seed)", "--input-frames", "\(inputFrames)",
      "--forecast-frames",
      "\(forecastFrames)", "--tile-size", "\(tileSize)", "--parameters", "\(parameters)", "--budget",
      budget.rawValue, "--primary", "mse", "--epochs", "20", "--patience", "6", "--batches-per-epoch", "40",
      "--learning-rates", "3e-3", "--seeds", "1", "--no-measure", "--threads", "1",
    ]
  }

  /// The name of its folder.
  package var name: String { "set-" + String(format: "%04d", number) }

  /// What a finished comparison of this set found, beside the linear twins of its data.
  ///
  /// - Returns: nil where the folder holds no finished comparison, or the data are too short for the twins.
  /// - Throws: What generating and measuring throw; `ReportError` for a broken report.
  package func row(in folder: URL) throws -> StudyRow? {
    let results = folder.appending(path: "results.json")
    guard FileManager.default.fileExists(atPath: results.path),
      case .events(let events) = try GeneratedData(parsing: data, seed: seed).content,
      let twins = try LinearTwins(of: events, inputFrames: inputFrames, forecastFrames: forecastFrames)
    else { return nil }
    let report = try ComparisonReport(json: Data(contentsOf: results))
    func error(_ name: String) -> Double? {
      report.models.first { $0.name == DataAdvice.displayName(name) }?.forecast?.pooled.mse
    }
    let baselines = report.baselines.compactMap { $0.forecast?.pooled.mse }
    guard let conv2DLSTM = error("conv2d-lstm"), let convLSTM2D = error("convlstm2d"),
      let baseline = baselines.min()
    else { return nil }
    let difference = report.differences?.first(where: \.isPrimary)
    let sign = difference?.first == DataAdvice.displayName("conv2d-lstm") ? 1.0 : -1.0
    let bounds = (difference?.interval).map { [sign * $0.lower, sign * $0.upper].sorted() }
    return StudyRow(
      self, twins: TwinErrors(twins), conv2DLSTM: conv2DLSTM, convLSTM2D: convLSTM2D, baseline: baseline,
      lower: bounds?[0], upper: bounds?[1])
  }

  private struct Draw {
    private var random: RandomStream

    init(_ number: Int) { random = RandomStream(seed: 1).substream("advice study").substream(number) }

    mutating func one<Value>(of values: [Value]) -> Value {
      values[Int.random(in: 0..<values.count, using: &random)]
    }

    /// A number in the range, with two digits.
    mutating func number(_ low: Double, _ high: Double) -> Double {
      (Double.random(in: low...high, using: &random) * 100).rounded() / 100
    }
  }
}
