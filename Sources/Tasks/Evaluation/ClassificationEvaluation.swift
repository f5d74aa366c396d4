import Foundation
import Readers
import Sampling
import Support
import Verification

/// What a classifier says of clips, and how often it is right.
public struct ClassificationEvaluation: Codable, Sendable {
  public let classes: [String]
  public let confusion: ConfusionMatrix
  /// Which part was scored: `all` where the clips are not those of the training.
  public let part: EvaluatedPart

  /// - Throws: `ForecastingError` for clips of another size or of classes that the model does not know.
  public init(of classifier: TrainedClassifier, on clips: LabeledClips, part: EvaluatedPart = .test) throws {
    let test = part == .test ? try Self.testPart(classifier, clips) : nil
    let indices = test ?? Array(clips.labels.indices)
    let numbers = try Self.numbers(classifier, clips)
    var confusion = try ConfusionMatrix(classes: classifier.notes.classes.count)
    let rows = try classifier.probabilities(of: clips, indices)
    try confusion.add(scores: rows.flatMap { $0 }, truths: indices.map { numbers[clips.labels[$0]] })
    classes = classifier.notes.classes
    self.confusion = confusion
    self.part = test == nil ? .all : .test
  }

  /// The number that the model gives to each class of the clips.
  private static func numbers(_ classifier: TrainedClassifier, _ clips: LabeledClips) throws -> [Int] {
    try clips.classNames.map { name in
      guard let number = classifier.notes.classes.firstIndex(of: name) else {
        throw ForecastingError(
          .otherData, in: "data",
          expected: "classes that the model knows: \(classifier.notes.classes.joined(separator: ", "))",
          received: "“\(name)”", remedy: "Leave these clips out, or train a model that knows them.")
      }
      return number
    }
  }

  /// The clips that the training did not see, if these are the clips that it was given; `nil` for others, of which
  /// it saw none.
  private static func testPart(_ classifier: TrainedClassifier, _ clips: LabeledClips) throws -> [Int]? {
    guard let seed = classifier.notes.splitSeed, classifier.notes.clipCount == clips.count else { return nil }
    return try GroupSplit(of: clips, seed: seed).test
  }

  /// One line for each class: `class,clips,precision,recall,f1`.
  public func csv() -> String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var lines = ["class,clips,precision,recall,f1"]
    for (number, name) in classes.enumerated() {
      let count = confusion.counts[number].reduce(0, +) + confusion.undecided[number]
      let scores = [confusion.precision(of: number), confusion.recall(of: number), confusion.f1(of: number)]
      lines.append(([field(name), "\(count)"] + scores.map(text)).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The confusion matrix for the terminal: rows are true classes, columns what the model says.
  public func table() -> String {
    func percent(_ value: Double?) -> String {
      value.map { NumberText.percent($0, 1) } ?? "–"
    }
    let width = max(6, (classes.map(\.count).max() ?? 0) + 2)
    func padded(_ text: String) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    var lines = ["", padded("true") + classes.map(padded).joined() + padded("recall")]
    for (number, name) in classes.enumerated() {
      let counts = confusion.counts[number].map { padded("\($0)") }.joined()
      lines.append(padded(name) + counts + padded(percent(confusion.recall(of: number))))
    }
    lines.append("")
    lines.append("accuracy \(percent(confusion.accuracy)) of \(confusion.total) clips")
    return lines.joined(separator: "\n")
  }
}

/// A text as a field of a CSV file.
package func field(_ text: String) -> String {
  text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
}
