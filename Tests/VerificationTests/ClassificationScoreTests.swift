import Testing
import Verification

@Suite struct ClassificationScoreTests {
  @Test func averages() throws {
    // truth 0: 3 right, 1 as 1; truth 1: 2 right, 2 as 0; truth 2 never occurs but is predicted once.
    var matrix = try ConfusionMatrix(classes: 3)
    for (truth, prediction) in [(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (1, 0), (1, 0), (1, 2)] {
      try matrix.add(prediction: prediction, truth: truth)
    }
    func expect(_ score: ClassificationScore, _ value: Double) throws {
      #expect(abs(try #require(matrix.value(of: score)) - value) < 1e-12, "\(score.name)")
    }
    try expect(.accuracy, 5.0 / 9)
    try expect(.precision(.micro), 5.0 / 9)
    try expect(.f1(.micro), 5.0 / 9)
    try expect(.recall(.macro), (0.75 + 0.4 + 0) / 3)
    try expect(.precision(.macro), (0.6 + 2.0 / 3 + 0) / 3)
    try expect(.recall(.weighted), (4 * 0.75 + 5 * 0.4) / 9)
    try expect(.balancedAccuracy, (0.75 + 0.4) / 2)
  }

  @Test func undefinedWithoutSamples() throws {
    let empty = try ConfusionMatrix(classes: 2)
    for score in [ClassificationScore.accuracy, .balancedAccuracy, .f1(.macro), .recall(.weighted)] {
      #expect(empty.value(of: score) == nil)
    }
  }
}
