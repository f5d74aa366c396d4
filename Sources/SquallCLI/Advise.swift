import ArgumentParser
import Comparison
import Foundation

/// `squall advise`: what the data say before anything is trained.
struct Advise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say in under a minute, without training, how strongly space and time interact in DATA.",
    discussion: """
      Measures the space–time interaction index and looks up which contender was better on synthetic data of that
      index. `squall compare` confirms or contradicts it.

        squall advise radar-folder
        squall advise generated:advected-cells --json
      """)

  @OptionGroup var data: DataArguments
  @Flag(help: "Print JSON.")
  var json = false
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
      let advice = try DataAdvice(on: try opened.sources(), name: data.name, seed: seed)
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
