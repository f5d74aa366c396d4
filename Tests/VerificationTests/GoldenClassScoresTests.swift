import Foundation
import SafeTensors
import Testing
import Verification

/// Scores of classifiers against scikit-learn (`Reference/class_scores.py`).
@Suite struct GoldenClassScoresTests {
  @Test(arguments: ["skilled", "guessing", "absent"]) func equalsScikitLearn(name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafeTensorsFile(
      contentsOf: folder.appending(path: "Goldens/class-scores/\(name).safetensors"))
    let probabilities = try file.floats("probabilities")
    let truths = try file.floats("truths").map { Int($0) }
    let classes = probabilities.count / truths.count
    func expect(_ ours: Double?, _ key: String) throws {
      let expected = Double(try #require(file.floats(key).first))
      let value = try #require(ours, "\(key)")
      #expect(abs(value - expected) <= 1e-6, "\(key): \(value), \(expected)")
    }
    /// Two parts, scored apart and merged.
    func merged<Score>(
      _ empty: Score, _ add: (inout Score, [Float], [Int]) throws -> Void,
      _ merge: (inout Score, Score) -> Void
    ) rethrows -> Score {
      let cut = truths.count / 3
      var (first, second) = (empty, empty)
      try add(&first, Array(probabilities[..<(cut * classes)]), Array(truths[..<cut]))
      try add(&second, Array(probabilities[(cut * classes)...]), Array(truths[cut...]))
      merge(&first, second)
      return first
    }
    let matrix = try merged(
      ConfusionMatrix(classes: classes), { try $0.add(scores: $1, truths: $2) }, { $0.merge($1) })
    try expect(matrix.accuracy, "accuracy")
    try expect(matrix.balancedAccuracy, "balanced")
    for average in ClassAverage.allCases {
      try expect(matrix.value(of: .precision(average)), "precision.\(average.rawValue)")
      try expect(matrix.value(of: .recall(average)), "recall.\(average.rawValue)")
      try expect(matrix.value(of: .f1(average)), "f1.\(average.rawValue)")
    }
    for k in 1...3 {
      let top = try merged(
        TopKAccuracy(k: k), { try $0.add(scores: $1, truths: $2) }, { $0.merge($1) })
      try expect(top.value, "top.\(k)")
    }
    let calibration = try merged(
      CalibrationError(), { try $0.add(probabilities: $1, truths: $2) }, { $0.merge($1) })
    try expect(calibration.value, "calibration")
    #expect((calibration.maximum ?? 0) >= (calibration.value ?? 1))
  }
}
