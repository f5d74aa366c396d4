import ArgumentParser
import Comparison
import Foundation

/// `squall advice-study`: the sets of the study that `squall advise` rests on.
struct AdviceStudy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advice-study", abstract: "List the sets of the study behind the advice, or collect its results.",
    shouldDisplay: false)

  @Option(help: "Print the arguments of squall compare for the sets from this number on, one a line.")
  var from: Int = 0
  @Option(help: "How many sets.")
  var count: Int = 120
  @OptionGroup var global: GlobalOptions

  @Flag var twins = false

  func run() async throws {
    global.apply()
    if twins {
      for number in from..<from + count {
        let set = StudiedSet(number: number)
        let start = Date()
        let found = try set.twins()
        let text = String(decoding: try JSONEncoder().encode(found), as: UTF8.self)
        print("set-\(String(format: "%04d", number)) \(Date().timeIntervalSince(start)) \(text)")
      }
      return
    }
    for number in from..<from + count {
      print(([String(format: "set-%04d", number)] + StudiedSet(number: number).arguments).joined(separator: " "))
    }
  }
}
