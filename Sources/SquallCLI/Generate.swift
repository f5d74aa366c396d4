import ArgumentParser
import Foundation
import Synthesis

/// `squall generate`: writes what a generator makes to files of NumPy.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write generated sequences or clips to .npy or .npz files.",
    discussion: """
      NAME is one of
      \(GeneratorName.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      Frames are float32 [sample, time, height, width, channels]; x.json beside x.npy says how they were made. Classes
      are in x-labels.npy and x-labels.csv, or in the arrays labels and groups of an .npz. The equations are in the
      documentation of Synthesis and in Docs/Data.md.

      Examples:
        squall generate moving-digits --samples 100 --output digits.npy
        squall generate interaction-dial --theta 0.3 --samples 50 --output dial.npy
        squall generate coupling-dial --reach 3 --variety 1 --output coupling.npy
        squall generate conjunction-classes --output clips.npz
      """)

  @Argument(help: "The generator.")
  var name: String
  @Option(help: "The .npy or .npz file.")
  var output: String
  @Option(help: "The same seed makes the same data.")
  var seed: UInt64 = 1
  @Option(help: "Sequences to make; for classes, how many of each class.")
  var samples: Int?
  @Option(help: "Frames of each.")
  var frames: Int?
  @Option(help: "Height in pixels.")
  var height: Int?
  @Option(help: "Width in pixels.")
  var width: Int?
  @Option(help: "How much of the variance moves rigidly, 0 to 1 (interaction-dial).")
  var theta: Double?
  @Option(help: "Cells between a place and the one that it follows (coupling-dial).")
  var reach: Double?
  @Option(help: "The share of places with a law of their own, 0 to 1 (coupling-dial).")
  var variety: Double?
  @Option(help: "The correlation of a place with the one that it follows, 0 to 1 (coupling-dial).")
  var memory: Double?
  @Option(help: "The side of a place in pixels (coupling-dial).")
  var cell: Int?
  @Option(help: "Frames that the best linear forecast sees (interaction-dial); half of them by default.")
  var inputFrames: Int?
  @Option(help: "Drift in pixels a frame, downwards (advected-cells, interaction-dial).")
  var windRows: Double?
  @Option(help: "Drift in pixels a frame, to the right (advected-cells, interaction-dial).")
  var windColumns: Double?
  @Option(help: "Turn in degrees a frame, clockwise (advected-cells).")
  var rotation: Double?
  @Option(help: "Share of pixels with rain (advected-cells).")
  var wetFraction: Double?
  @Option(help: "Minutes that the largest cells live (advected-cells).")
  var lifetime: Double?
  @Option(help: "Pixels a frame (moving-digits and classes).")
  var speed: Double?
  @Option(help: "Digits in a frame (moving-digits).")
  var digits: Int?
  @Option(help: "An IDX file with digits, such as MNIST's (moving-digits); by default digits are drawn.")
  var images: String?
  @Option(help: "Classes, 2 to 4 (appearance-, motion- and conjunction-classes).")
  var classes: Int?
  @Option(help: "Standard deviation of the noise on every pixel (classes, coupling-dial).")
  var noise: Double?

  @OptionGroup var configuration: ConfigurationArguments

  func run() throws {
    try reportingErrors {
      let data = try GeneratedData(GeneratorName(parsing: name), options: options(), seed: seed)
      for file in try GeneratedFiles(data).write(to: URL(fileURLWithPath: output)) { print(file.path) }
    }
  }

  private func options() throws -> GeneratorOptions {
    var options = GeneratorOptions()
    let counts: [(GeneratorOptions.Key, Int?)] = [
      (.samples, samples), (.frames, frames), (.height, height), (.width, width), (.digits, digits),
      (.classes, classes), (.inputFrames, inputFrames), (.cell, cell),
    ]
    for (key, value) in counts { options.set(key, value.map(Double.init)) }
    let numbers: [(GeneratorOptions.Key, Double?)] = [
      (.theta, theta), (.windRows, windRows), (.windColumns, windColumns), (.rotation, rotation),
      (.wetFraction, wetFraction), (.lifetime, lifetime), (.speed, speed), (.noise, noise), (.reach, reach),
      (.variety, variety), (.memory, memory),
    ]
    for (key, value) in numbers { options.set(key, value) }
    if let images { try options.set(.images, images) }
    return options
  }
}
