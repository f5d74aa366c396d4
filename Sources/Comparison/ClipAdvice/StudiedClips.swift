import Foundation
import Readers
import Synthesis
import Verification

/// A set of clips with classes of the study that `squall advise` rests on, and how contenders are compared on it.
///
/// The draw depends on the number of the set alone, so a study can be made longer without changing what it has.
package struct StudiedClips: Hashable, Sendable {
  package var number: Int
  package var generator: GeneratorName
  /// The generator, with its options: what stands in place of a path.
  package var data: String
  package var parameters: Int
  package var budget: Budget
  package var epochs: Int

  /// Five places in turn, so that every fourth set is of another generator each time.
  private static let generators: [GeneratorName] = [
    .motionClasses, .conjunctionClasses, .motionClips, .appearanceClasses, .conjunctionClasses,
  ]

  /// The set with a number, from 0.
  package init(number: Int) {
    var draw = Draw(number)
    self.number = number
    generator = Self.generators[number % Self.generators.count]
    let side = draw.one(of: [16, 16, 16, 16, 24, 32])
    let frames = draw.one(of: [4, 6, 8])
    let drawn = draw.one(of: [2, 3, 4])
    let scenes = draw.one(of: [80, 160, 240])
    let speed = draw.number(0.5, 3)
    let noise = draw.number(0, 0.4)
    parameters = draw.one(of: [10_000, 20_000])
    budget = draw.one(of: [.parameters, .parameters, .flops, .time])
    let classes = generator == .motionClips ? 4 : drawn
    // About 480 steps of 16 clips, of which three in five are for training.
    let batches = (scenes * classes * 6 / 10 + 15) / 16
    epochs = max(12, min(60, 480 / batches))
    data =
      "\(GeneratedData.prefix)\(generator.rawValue):samples=\(scenes),frames=\(frames),height=\(side),width=\(side),"
      + "speed=\(speed),noise=\(noise)" + (generator == .motionClips ? "" : ",classes=\(classes)")
  }

  /// Whether the set is for judging the study and never fitted.
  package var isHeldOut: Bool { Self.isHeldOut(number) }

  static func isHeldOut(_ number: Int) -> Bool { number % 4 == 3 }

  package var name: String {
    let digits = "\(number)"
    return "set-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The arguments of `squall compare`, but for the folder.
  package var arguments: [String] {
    [
      data, "--task", "classify", "--seed", "\(number + 1)", "--parameters", "\(parameters)", "--budget",
      budget.rawValue, "--epochs", "\(epochs)", "--patience", "\(max(6, epochs / 3))", "--learning-rates",
      "2e-3,5e-3", "--seeds", "1", "--no-measure",
    ]
  }

  /// What the probes say of the clips.
  ///
  /// - Throws: What generating and measuring throw.
  package func probes() throws -> ClipProbes {
    guard case .clips(let clips) = try GeneratedData(parsing: data, seed: 1).content else {
      throw ComparisonError(
        expected: "a generator of clips with classes", found: data, remedy: "Name another generator.")
    }
    return try ClipProbes(clips)
  }

  private struct Draw {
    private var random: SplitMix64

    init(_ number: Int) { random = SplitMix64(seed: 1, stream: UInt64(number)) }

    mutating func one<Value>(of values: [Value]) -> Value {
      values[Int(random.next() % UInt64(values.count))]
    }

    /// A number in the range, with two digits.
    mutating func number(_ low: Double, _ high: Double) -> Double {
      let share = Double(random.next() >> 11) / 9_007_199_254_740_992
      return ((low + (high - low) * share) * 100).rounded(.toNearestOrAwayFromZero) / 100
    }
  }
}
