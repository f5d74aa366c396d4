import ArgumentParser
import Comparison
import Foundation
import Reports

/// `squall advice-study`: the study that `squall advise` rests on, see script/advice-study.
struct AdviceStudy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advice-study",
    abstract: "List the sets of the study behind the advice, or collect its results.", shouldDisplay: false)

  @Option(help: "How many sets.")
  var count: Int = 150
  @Option(help: "Print the table of the comparisons in this folder, with the linear twins of their data.")
  var collect: String?
  @Flag(help: "Print how the advice does on the sets that it was not fitted to.")
  var judge = false
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    global.apply()
    try reportingErrors {
      if judge { return print(try AdviceJudgement(StudyRow.shipped()).text) }
      guard let collect else {
        for number in 0..<count {
          let set = StudiedSet(number: number)
          print(([set.name] + set.arguments).joined(separator: " "))
        }
        return
      }
      print(StudyRow.header)
      for number in 0..<count {
        let set = StudiedSet(number: number)
        if let row = try set.row(in: URL(filePath: collect).appending(path: set.name)) { print(row.line) }
      }
    }
  }
}
