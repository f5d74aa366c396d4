import Foundation
import Support

extension ClipStudy {
  /// One set of the study: what the probes said before training, and how accurate the trained models were.
  package struct Row: Codable, Hashable, Sendable {
    package var number: Int
    package var generator: String
    package var budget: String
    package var situation: Situation
    /// Accuracy on the test clips.
    package var conv2dLSTM: Double
    package var convLSTM2D: Double
    package var cnnLast: Double
    package var testClips: Int

    package init(
      number: Int, generator: String, budget: String, situation: Situation, conv2dLSTM: Double,
      convLSTM2D: Double, cnnLast: Double, testClips: Int
    ) {
      (self.number, self.generator, self.budget, self.situation) = (number, generator, budget, situation)
      (self.conv2dLSTM, self.convLSTM2D, self.cnnLast) = (conv2dLSTM, convLSTM2D, cnnLast)
      self.testClips = testClips
    }

    /// ConvLSTM2D less Conv2D + LSTM.
    package var advantage: Double { convLSTM2D - conv2dLSTM }

    package var result: Result {
      if advantage > ClipProbes.margin + 1e-9 { return .convLSTM2D }
      return advantage < -ClipProbes.margin - 1e-9 ? .conv2dLSTM : .alike
    }

    /// Whether no family is more than the margin above the last frame alone.
    package var lastFrameIsAsGood: Bool {
      max(conv2dLSTM, convLSTM2D) - cnnLast <= ClipProbes.margin + 1e-9
    }

    /// The names of the columns.
    package static var header: String {
      (["number", "generator", "budget", "clips", "classes", "frames", "side"]
        + ClipView.allCases.map { "skill-" + $0.rawValue }
        + ["conv2d-lstm", "convlstm2d", "cnn-last", "test-clips"]).joined(separator: ",")
    }

    package var line: String {
      ([
        "\(number)", generator, budget, "\(situation.clips)", "\(situation.classes)", "\(situation.frames)",
        "\(situation.side)",
      ] + situation.skills.map { NumberText.fixed($0, 4) }
        + [conv2dLSTM, convLSTM2D, cnnLast].map { NumberText.fixed($0, 4) } + ["\(testClips)"])
        .joined(separator: ",")
    }

    /// A line of the table; nil where it is none.
    package init?(line: Substring) {
      let cells = line.split(separator: "," as Character, omittingEmptySubsequences: false).map(String.init)
      let views = ClipView.allCases.count
      guard cells.count == 11 + views, let number = Int(cells[0]), let clips = Int(cells[3]),
        let classes = Int(cells[4]), let frames = Int(cells[5]), let side = Int(cells[6]),
        let testClips = Int(cells[10 + views])
      else { return nil }
      let numbers = cells[7..<10 + views].compactMap { Double($0) }.filter(\.isFinite)
      guard numbers.count == views + 3 else { return nil }
      self.init(
        number: number, generator: cells[1], budget: cells[2],
        situation: Situation(
          clips: clips, classes: classes, frames: frames, side: side, skills: Array(numbers.prefix(views))),
        conv2dLSTM: numbers[views], convLSTM2D: numbers[views + 1], cnnLast: numbers[views + 2],
        testClips: testClips)
    }
  }

  /// What is known of clips before training.
  package struct Situation: Codable, Hashable, Sendable {
    package var clips: Int
    package var classes: Int
    package var frames: Int
    /// Of the shorter side, in pixels.
    package var side: Int
    /// By view, in the order of `ClipView.allCases`: 0 chance, 1 always right.
    package var skills: [Double]

    package init(clips: Int, classes: Int, frames: Int, side: Int, skills: [Double]) {
      (self.clips, self.classes, self.frames, self.side) = (clips, classes, frames, side)
      self.skills = skills
    }

    package init(_ probes: ClipProbes) {
      self.init(
        clips: probes.allClips, classes: probes.classNames.count, frames: probes.frames,
        side: min(probes.height, probes.width), skills: ClipView.allCases.map(probes.skill))
    }

    /// How far apart two situations are, as a squared distance: a quarter of the skill, the root mean square over the
    /// views, counts as one, and so does a factor of four in the number of clips.
    func distance(to other: Situation) -> Double {
      var sum = 0.0
      for (a, b) in zip(skills, other.skills) { sum += 16 * (a - b) * (a - b) / Double(skills.count) }
      let size = log2(Double(max(clips, 1)) / Double(max(other.clips, 1))) / 2
      return sum + size * size
    }
  }

  package enum Result: String, CaseIterable, Codable, Sendable {
    case convLSTM2D = "convlstm2d"
    case conv2dLSTM = "conv2d-lstm"
    case alike
  }
}
