import ArgumentParser
import Comparison
import Foundation

/// `squall advise`: what the data say before anything is trained.
struct Advise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say in under a minute, without training, which family to train on DATA, or neither.",
    discussion: """
      Sequences: fits two linear models, one in the manner of each family, and tells from a study on generated data how
      likely each family is to be better, and whether a forecast without training is. Clips with classes: tells from
      linear classifiers whether the class is in the last frame, in any frame, in the motion or in both together.
      `squall compare` confirms or contradicts it.

        squall advise radar-folder
        squall advise generated:advected-cells --json
      """)

  @OptionGroup var data: DataArguments
  @Flag(help: "Print JSON.")
  var json = false
  @Option(help: "Frames that forecasts see.")
  var inputFrames = 6
  @Option(help: "Frames that they forecast.")
  var forecastFrames = 12
  @Option(help: "The seed of surrogates and resamples.")
  var seed: UInt64 = 1
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    global.apply()
    try reportingErrors {
      let opened = try data.open()
      if case .clips(let clips) = opened {
        let advice = try ClipAdvice(on: clips, name: data.name, seed: seed)
        return try output(advice, advice.text)
      }
      let advice = try DataAdvice(
        on: try opened.sources(), name: data.name, inputFrames: inputFrames, forecastFrames: forecastFrames,
        seed: seed)
      try output(advice, advice.text)
    }
  }

  private func output(_ advice: some Encodable, _ text: String) throws {
    guard json else { return print(text) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(advice), as: UTF8.self))
  }
}
