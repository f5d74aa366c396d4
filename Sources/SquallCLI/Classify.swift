import ArgumentParser
import Foundation
import Tasks

/// `squall classify`: what clips show.
struct Classify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what each clip shows: its class and the probability of every class.",
    discussion: """
      The result is CSV, or JSON where the file ends in .json; without --output it is printed as CSV.

        squall classify motion generated:motion-clips
        squall classify motion one.mp4 another.mp4
        squall classify motion clips --output classes.csv
        squall classify motion clips --output classes.json
      """)

  @Argument(help: "The model: a folder of squall train, or a .squall file.")
  var model: String
  @OptionGroup var data: DataArguments
  @Option(help: "The file for the result, ending in .csv or .json.")
  var output: String?
  @Option(help: "Clips that are computed at once.")
  var batchSize: Int = 16
  @OptionGroup var global: GlobalOptions

  private struct Row: Codable {
    let clip: String
    let `class`: String
    let probability: Float
    let probabilities: [String: Float]
  }

  func validate() throws {
    guard batchSize >= 1 else {
      throw ValidationError("--batch-size: expected at least 1, received \(batchSize).")
    }
    if let output, !["csv", "json"].contains(URL(filePath: output).pathExtension.lowercased()) {
      throw ValidationError("--output: expected a file ending in .csv or .json, received \(output).")
    }
  }

  func run() async throws {
    global.apply()
    try await Interruption.handled(goingOn: "Stopped; nothing was written.") {
      try reportingErrors { try classify() }
    }
  }

  private func classify() throws {
    let classifier = try StoredModel(contentsOf: URL(filePath: model)).classifier()
    let (clips, names) = try data.unlabeledClips(for: classifier)
    let classes = classifier.notes.classes
    let probabilities = try classifier.probabilities(
      of: clips, Array(clips.labels.indices), batchSize: batchSize)
    let rows = probabilities.enumerated().map { index, row in
      let best = row.indices.max { row[$0] < row[$1] } ?? 0
      return Row(
        clip: names[index], class: classes[best], probability: row[best],
        probabilities: Dictionary(uniqueKeysWithValues: zip(classes, row)))
    }
    guard let output, URL(filePath: output).pathExtension.lowercased() == "json" else {
      var text = "clip,class," + classes.map { field("p_" + $0) }.joined(separator: ",") + "\n"
      for (row, values) in zip(rows, probabilities) {
        text +=
          "\(field(row.clip)),\(field(row.class))," + values.map { "\($0)" }.joined(separator: ",") + "\n"
      }
      guard let output else { return show(text, terminator: "") }
      try save(Data(text.utf8), to: URL(filePath: output))
      return show("\(output): \(rows.count) clips")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try save(encoder.encode(rows), to: URL(filePath: output))
    show("\(output): \(rows.count) clips")
  }
}
