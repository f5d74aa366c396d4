import Foundation
import Testing
import Verification

@Suite struct ConfusionMatrixTests {
  @Test func rowsAreTrueClasses() throws {
    var matrix = try ConfusionMatrix(classes: 3)
    for (prediction, truth) in [(0, 0), (1, 0), (1, 0), (1, 1), (0, 2), (2, 2)] {
      try matrix.add(prediction: prediction, truth: truth)
    }
    #expect(matrix.counts == [[1, 2, 0], [0, 1, 0], [1, 0, 1]])
    #expect(matrix.total == 6)
    #expect(matrix.accuracy == 0.5)
    #expect(matrix.recall(of: 0) == 1.0 / 3)
    #expect(matrix.precision(of: 1) == 1.0 / 3)
    #expect(matrix.precision(of: 2) == 1)
    #expect(matrix.f1(of: 1) == 0.5)
  }

  @Test func takesTheLargestScoreAndTheFirstOfEquals() throws {
    var matrix = try ConfusionMatrix(classes: 3)
    try matrix.add(scores: [-1, 4, 2, 5, 5, 1, -3, -2, -1], truths: [1, 1, 2])
    #expect(matrix.counts == [[0, 0, 0], [1, 1, 0], [0, 0, 1]])
  }

  @Test func undecidedSamplesAreWrong() throws {
    var matrix = try ConfusionMatrix(classes: 2)
    try matrix.add(scores: [.nan, 1, 0, 1, .infinity, 0], truths: [1, 1, 0])
    #expect(matrix.undecided == [1, 1])
    #expect(matrix.counts == [[0, 0], [0, 1]])
    #expect(matrix.accuracy == 1.0 / 3)
    #expect(matrix.recall(of: 1) == 0.5)
    #expect(matrix.recall(of: 0) == 0)
    #expect(matrix.precision(of: 0) == nil)
  }

  @Test func mergingEqualsPooling() throws {
    var random = Pixels(seed: 5)
    let truths = (0..<40).map { _ in Int(random.next() % 4) }
    var scores = (0..<160).map { _ in random.uniform() }
    scores[13] = .nan
    var pooled = try ConfusionMatrix(classes: 4)
    try pooled.add(scores: scores, truths: truths)
    var (a, b) = (try ConfusionMatrix(classes: 4), try ConfusionMatrix(classes: 4))
    try a.add(scores: Array(scores[..<52]), truths: Array(truths[..<13]))
    try b.add(scores: Array(scores[52...]), truths: Array(truths[13...]))
    #expect(a.merged(with: b) == pooled)
    #expect(pooled.total == 40)
  }

  @Test func undefinedIsNilAndForeignLabelsAreAnError() throws {
    var matrix = try ConfusionMatrix(classes: 2)
    #expect(matrix.accuracy == nil)
    #expect(matrix.recall(of: 1) == nil)
    #expect(matrix.f1(of: 1) == nil)
    #expect(throws: VerificationError.self) { try matrix.add(prediction: 2, truth: 0) }
    #expect(throws: VerificationError.self) { try matrix.add(prediction: 0, truth: -1) }
    #expect(throws: VerificationError.self) { try matrix.add(scores: [1, 2, 3], truths: [0]) }
    #expect(throws: VerificationError.self) { try matrix.add(scores: [1, 0, 1, 0], truths: [0, 7]) }
    #expect(throws: VerificationError.self) { try ConfusionMatrix(classes: 0) }
    #expect(matrix.total == 0)
    var single = try ConfusionMatrix(classes: 1)
    try single.add(scores: [0.3], truths: [0])
    #expect(single.accuracy == 1)
  }

  @Test func survivesJSONAndRefusesWhatDoesNotFit() throws {
    var matrix = try ConfusionMatrix(classes: 2)
    try matrix.add(scores: [1, 0, .nan, 0], truths: [0, 1])
    let decoded = try JSONDecoder().decode(ConfusionMatrix.self, from: JSONEncoder().encode(matrix))
    #expect(decoded == matrix)
    let broken = Data(#"{"classes": 3, "counts": [[1, 0], [0, 1]], "undecided": [0, 0]}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: broken) }
  }
}
