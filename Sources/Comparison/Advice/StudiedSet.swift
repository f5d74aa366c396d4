import Foundation
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
    let side = draw.one(of: [16, 16, 24, 32])
    tileSize = side
    // Less would starve an LSTM over whole maps.
    parameters = draw.one(of: side == 16 ? [100_000, 200_000] : [150_000])
    budget = draw.one(of: [.parameters, .parameters, .flops, .time])
    let frames = 4 * (inputFrames + forecastFrames)
    let samples = draw.one(of: [20, 60, 180])
    let size = "height=\(side),width=\(side)"
    switch Self.generators[number % Self.generators.count] {
    case .interactionDial:
      data =
        "theta=\(draw.number(0, 1)),wind-rows=\(draw.number(-2, 2)),wind-columns=\(draw.number(-2, 2)),"
        + "slope=\(draw.number(2, 4)),largest-scale=\(side / 2),samples=\(samples),frames=\(frames),\(size)"
    case .advectedCells:
      data =
        "wind-rows=\(draw.number(-1.5, 1.5)),wind-columns=\(draw.number(-1.5, 1.5)),lifetime=\(draw.number(20, 120)),"
        + "wet-fraction=\(draw.number(0.1, 0.4)),samples=\(samples / 5),frames=\(frames),\(size)"
    case .movingDigits:
      data =
        "digits=\(draw.one(of: [1, 2])),speed=\(draw.number(0.5, 4)),samples=\(samples),frames=\(frames),\(size)"
    default:
      let cells = draw.one(of: side == 16 ? [4, 8] : side == 24 ? [4, 6, 8] : [4, 8])
      data =
        "reach=\(draw.number(1, 0.7 * Double(cells))),variety=\(draw.one(of: [0.0, 0.5, 1.0, 1.0])),"
        + "memory=\(draw.number(0.8, 0.99)),noise=\(draw.number(0, 0.6)),cell=\(side / cells),samples=\(samples),"
        + "frames=\(frames),\(size)"
    }
    data = "generated:\(Self.generators[number % Self.generators.count].rawValue):" + data
  }

  private static let generators: [GeneratorName] = [
    .couplingDial, .interactionDial, .couplingDial, .advectedCells, .couplingDial, .movingDigits,
  ]

  /// The arguments of `squall compare`, but for the folder.
  package var arguments: [String] {
    [
      data, "--task", "forecast", "--seed", "\(seed)", "--input-frames", "\(inputFrames)",
      "--forecast-frames",
      "\(forecastFrames)", "--tile-size", "\(tileSize)", "--parameters", "\(parameters)", "--budget",
      budget.rawValue, "--primary", "mse", "--epochs", "20", "--patience", "6", "--batches-per-epoch", "40",
      "--learning-rates", "1e-3,3e-3", "--seeds", "1", "--no-measure",
    ]
  }

  /// The twins on these data.
  ///
  /// - Throws: What generating and measuring throw.
  package func twins() throws -> LinearTwins? {
    guard case .events(let events) = try GeneratedData(parsing: data, seed: seed).content else { return nil }
    return try LinearTwins(of: events, inputFrames: inputFrames, forecastFrames: forecastFrames)
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
