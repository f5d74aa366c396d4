import Foundation
import SafeTensors
import Testing
import Verification

@Suite struct PooledContingencyTests {
  /// Hits, misses, false alarms and correct negatives.
  private static func counts(_ score: PooledContingency) -> [Int] {
    let table = score.table
    return [table.hits, table.misses, table.falseAlarms, table.correctNegatives]
  }

  /// Six by five pixels in blocks of two: three rows of two blocks, the last column belongs to none.
  @Test func blocksByHand() throws {
    let forecast: [Float] = [
      1, 0, 0, 0, 9,
      0, 0, 0, 0, 9,
      0, 0, 2, 0, 9,
      0, 0, 0, 0, 9,
      0, 0, 0, 0.5, 9,
      0, 0, 0, 0, 9,
    ]
    let observation: [Float] = [
      0, 0, 0, 0, 0,
      0, 3, 0, 0, 0,
      0, 0, 0, 0, 0,
      0, 0, 0, 0, 0,
      1, 0, 0, 0.6, 0,
      0, 0, 0, 0, 0,
    ]
    var score = try PooledContingency(threshold: 0.5, scale: 2)
    try score.add(forecast: forecast, observation: observation, height: 6, width: 5)
    // Hit where both have rain somewhere in the block; 0.5 is not above 0.5.
    #expect(Self.counts(score) == [1, 2, 1, 2])
    #expect(score.csi == 0.25)
    // A block with one valid pixel counts with that pixel, one without counts not at all.
    var mask = [Bool](repeating: true, count: 30)
    for index in [0, 1, 5, 12, 13, 17, 18] { mask[index] = false }
    var masked = try PooledContingency(threshold: 0.5, scale: 2)
    var spoilt = forecast
    spoilt[12] = .nan
    try masked.add(forecast: spoilt, observation: observation, mask: mask, height: 6, width: 5)
    #expect(Self.counts(masked) == [0, 3, 0, 2])
  }

  @Test func blocksOfOnePixelAreThePixels() throws {
    let (f, o) = (FieldScoreTests.ramp(7, 9), FieldScoreTests.ramp(9, 7))
    var (pooled, plain) = (try PooledContingency(threshold: 6, scale: 1), ContingencyTable(threshold: 6))
    try pooled.add(forecast: f, observation: o, height: 7, width: 9)
    try plain.add(forecast: f, observation: o)
    #expect(pooled.table == plain)
  }

  @Test func undefinedIsNilAndNonsenseIsRefused() throws {
    var score = try PooledContingency(threshold: 1, scale: 4)
    #expect(score.csi == nil)
    // Smaller than a block.
    try score.add(forecast: [5, 5], observation: [5, 5], height: 1, width: 2)
    #expect(score.csi == nil && score.table.hits == 0)
    #expect(throws: VerificationError.self) { try PooledContingency(threshold: 1, scale: 0) }
    #expect(throws: VerificationError.self) { try PooledContingency(threshold: .nan, scale: 4) }
  }

  /// Against numpy (`Reference/pooled_scores.py`): merging fields one by one equals the pooled counts.
  @Test(arguments: ["whole", "edges", "masked"]) func agreesWithReference(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = try SafeTensorsFile(
      contentsOf: folder.appending(path: "Goldens/pooled-scores/\(name).safetensors"))
    let shape = try file.shape("forecast")
    let (forecast, observation) = (try file.floats("forecast"), try file.floats("observation"))
    let mask = try file.floats("mask").map { $0 != 0 }
    let size = shape[1] * shape[2]
    var checked = 0
    for threshold in [Float(0.5), 2] {
      for scale in [1, 4, 16] {
        let empty = try PooledContingency(threshold: threshold, scale: scale)
        let merged = try (0..<shape[0]).reduce(empty) { scores, field in
          var one = empty
          let range = field * size..<(field + 1) * size
          try one.add(
            forecast: Array(forecast[range]), observation: Array(observation[range]),
            mask: Array(mask[range]), height: shape[1], width: shape[2])
          return scores.merged(with: one)
        }
        let text = threshold == 2 ? "2" : "0.5"
        let expected = try file.floats("counts.\(text).\(scale)").map { Int($0) }
        #expect(Self.counts(merged) == expected)
        #expect(
          try JSONDecoder().decode(PooledContingency.self, from: JSONEncoder().encode(merged)) == merged)
        checked += merged.table.hits > 0 ? 1 : 0
      }
    }
    #expect(checked >= 4)
  }
}
