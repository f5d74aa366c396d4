import ArgumentParser
import Comparison
import Contenders
import Foundation

/// `squall dial-study`: one row of the study that `squall advise` rests on, or the table of all rows.
struct MeasureDial: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dial-study", abstract: "Train contenders on a point of the interaction dial.",
    shouldDisplay: false)

  @Option(help: "A file to which rows are added, one JSON object a line.")
  var results: String
  @Option(help: "How much of the variance moves rigidly, 0 to 1.")
  var theta: Double?
  @Option(help: "The seed of data and models.")
  var seed: UInt64 = 1
  @Flag(help: "Print all rows as a Swift file.")
  var table = false
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    global.apply()
    let file = URL(filePath: results)
    let rows: [MeasuredDial.Run]
    do { rows = try Self.rows(in: file) } catch { throw CleanError(description: "\(results): \(error)") }
    let study = DialStudy()
    if table {
      print(
        MeasuredDial(
          command: "script/dial-study", setting: study.options.setting,
          contenders: Contenders.standard, runs: rows
        ).source,
        terminator: "")
      return
    }
    guard let theta else { throw ValidationError("expected --theta or --table, received neither.") }
    guard !rows.contains(where: { $0.theta == theta && $0.seed == seed }) else {
      return print("θ = \(theta), seed \(seed): already measured")
    }
    let row: MeasuredDial.Run
    do { row = try await study.run(theta: theta, seed: seed) } catch let error as CancellationError {
      throw error
    } catch { throw CleanError(description: "\(error)") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    text += String(decoding: try encoder.encode(row), as: UTF8.self) + "\n"
    try text.write(to: file, atomically: true, encoding: .utf8)
    print(
      "θ = \(theta), seed \(seed): index \(row.index), "
        + zip(Contenders.standard, row.errors).map { "\($0) \($1), " }.joined()
        + "last frame \(row.persistence), optimum \(row.optimum)")
  }

  private static func rows(in file: URL) throws -> [MeasuredDial.Run] {
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(MeasuredDial.Run.self, from: Data($0.utf8))
    }
  }
}
