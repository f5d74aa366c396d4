import DataTestSupport
import Readers
import Sampling
import TensorCore
import Testing

@Suite struct ClipLengthTests {
  private func clips(_ policy: ClipLengthPolicy) throws -> LabeledClips {
    // Frames of one pixel: clip c, frame t is 10 c + t.
    try LabeledClips(
      clips: [[0, 1], [10, 11, 12, 13, 14, 15, 16], [20, 21, 22]], shape: FrameShape(height: 1, width: 1),
      labels: [0, 1, 0], classNames: ["a", "b"], groups: [0, 1, 2], unit: .brightness, policy: policy)
  }

  @Test func shortClipsArePadded() throws {
    let padded = try clips(.init(frames: 4, padding: .lastFrame))
    #expect(try padded.values == [0, 1, 1, 1, 11, 12, 13, 14, 20, 21, 22, 22])
    #expect(padded.lengths == [2, 4, 3])
    #expect(try clips(.init(frames: 4, padding: .zeros)).values[..<4] == [0, 1, 0, 0])
    #expect(try clips(.init(frames: 5, padding: .loop)).values[..<5] == [0, 1, 0, 1, 0])
    let batch = try padded.batch([2, 0])
    #expect(batch.frameMask == Tensor([1, 1, 1, 0, 1, 1, 0, 0], shape: [2, 4]))
  }

  @Test(
    arguments: [
      (.start, [10, 11, 12]), (.middle, [12, 13, 14]), (.end, [14, 15, 16]), (.even, [11, 13, 15]),
      (.windows, [10, 11, 12]),
    ] as [(ClipLengthPolicy.Cropping, [Float])])
  func longClipsAreCut(cropping: ClipLengthPolicy.Cropping, expected: [Float]) throws {
    let cut = try clips(.init(frames: 3, cropping: cropping))
    #expect(try Array(cut.values[3..<6]) == expected)
    // Two whole stretches of the second clip fit into its seven frames.
    #expect(cut.lengths == (cropping == .windows ? [2, 3, 3, 3] : [2, 3, 3]))
    if cropping == .windows {
      #expect(try Array(cut.values[6..<9]) == [13, 14, 15])
      #expect(cut.labels == [0, 1, 1, 0] && cut.groups == [0, 1, 1, 2])
    }
  }

  @Test func withoutANumberTheMedianIsTaken() throws {
    #expect(try clips(.init()).frames == 3)
    #expect(dataError { try clips(.init(frames: 0)) }?.kind == .invalidOption)
    #expect(
      dataError {
        try LabeledClips(
          clips: [[1, 2, 3]], shape: FrameShape(height: 1, width: 2), labels: [0], classNames: ["a"],
          groups: [0], unit: .brightness, policy: .init())
      }?.kind == .wrongShape)
  }

  @Test func groupsByAColumn() throws {
    let grouped = try clips(.init(frames: 3)).grouped(by: ["storm", "calm", "storm"])
    #expect(grouped.groups == [0, 1, 0])
    #expect(grouped.lengths == [2, 3, 3])
    #expect(try grouped.groupedByClip().groups == [0, 1, 2])
    #expect(dataError { try grouped.grouped(by: ["a"]) }?.kind == .invalidOption)
  }
}
