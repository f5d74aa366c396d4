import ArgumentParser
import Comparison
import Foundation
import Reports
import Support

/// `squall clip-study`: the sets of clips behind the advice for clips, their results, and how well they forecast others.
struct ClipStudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip-study",
    abstract: "List the sets of the study behind the advice for clips, or collect its results.",
    shouldDisplay: false)

  @Option(help: "The number of the first set.")
  var from: Int = 0
  @Option(help: "How many sets.")
  var count: Int = 60
  @Option(help: "Collect the reports in this folder, one folder a set, and add what is new to the table.")
  var collect: String?
  @Option(help: "The table, a CSV file.")
  var table: String?
  @Flag(help: "Print how well the fitted sets of the table forecast the held-out ones.")
  var judge = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard from >= 0, count >= 1 else {
      throw ValidationError("expected --from of 0 or more and --count of 1 or more; found \(from), \(count).")
    }
    guard (collect == nil && !judge) || table != nil else {
      throw ValidationError("expected --table FILE; found none; try --table clip-study.csv.")
    }
  }

  func run() async throws {
    global.apply()
    try reportingErrors {
      if let collect, let table { try self.collect(from: URL(filePath: collect), into: URL(filePath: table)) }
      if judge, let table { return try judged(ClipStudy.rows(in: text(of: URL(filePath: table)))) }
      guard collect == nil else { return }
      for number in from..<from + count {
        let set = StudiedClips(number: number)
        print(([set.name] + set.arguments).joined(separator: " "))
      }
    }
  }

  private func text(of file: URL) throws -> String {
    guard FileManager.default.fileExists(atPath: file.path) else { return "" }
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// Rows are written one by one, so that an interrupted run goes on.
  private func collect(from folder: URL, into table: URL) throws {
    var rows = ClipStudy.rows(in: try text(of: table))
    for number in from..<from + count where !rows.contains(where: { $0.number == number }) {
      let set = StudiedClips(number: number)
      let file = folder.appending(path: set.name).appending(path: "results.json")
      guard let data = try? Data(contentsOf: file) else { continue }
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      let report = try decoder.decode(ComparisonReport.self, from: data)
      guard let row = try ClipStudy.Row(set, report) else {
        show("\(set.name): left out, its training is not finished")
        continue
      }
      rows.append(row)
      rows.sort { $0.number < $1.number }
      let lines = [ClipStudy.Row.header] + rows.map(\.line)
      try (lines.joined(separator: "\n") + "\n").write(to: table, atomically: true, encoding: .utf8)
      show("\(set.name): \(row.line)")
    }
  }

  private func judged(_ rows: [ClipStudy.Row]) throws {
    guard let study = ClipStudy(rows: rows) else {
      throw ValidationError("expected eight fitted sets or more; found \(rows.count) rows.")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(study.judged()), as: UTF8.self))
  }
}
