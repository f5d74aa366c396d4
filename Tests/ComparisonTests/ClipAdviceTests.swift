import Comparison
import Foundation
import Readers
import Reports
import Synthesis
import TensorCore
import Testing

@Suite struct ClipAdviceTests {
  static func clips(_ text: String) throws -> LabeledClips {
    guard case .clips(let clips) = try GeneratedData(parsing: text, seed: 3).content else {
      throw DataError(.badValue, expected: "clips", received: text, remedy: "Name another generator.")
    }
    return clips
  }

  static func advice(_ text: String, study: ClipStudy? = nil) throws -> ClipAdvice {
    try ClipAdvice(on: clips(text), name: text, study: study)
  }

  @Test func appearanceNeedsTheLastFrameAlone() throws {
    let advice = try Self.advice(
      "generated:appearance-classes:samples=160,frames=4,height=24,width=24,classes=2,noise=0.02")
    #expect(advice.outcome == .lastFrame, "\(advice.text)")
    #expect(advice.source == .appearance)
    #expect(advice.text.contains("cnn-last"))
    let probes = try #require(advice.probes)
    #expect(probes[.lastFrame] > 0.9 && probes[.direction] < 0.7, "\(advice.text)")
  }

  @Test(arguments: ["motion-classes:classes=4", "motion-clips:noise=0.1"])
  func motionNeedsTheOrder(generator: String) throws {
    let advice = try Self.advice(
      "generated:\(generator),samples=40,frames=5,height=16,width=16,speed=1.5")
    let probes = try #require(advice.probes)
    #expect(advice.outcome == .either, "no study says which family: \(advice.text)")
    #expect(advice.source == .motion, "\(advice.text)")
    #expect(probes[.direction] > 0.8 && probes[.motion] > 0.8, "\(advice.text)")
    #expect(probes[.lastFrame] < 0.5 && probes[.orderFree] < 0.5, "\(advice.text)")
    let speed = try #require(probes.speed)
    #expect(abs(speed - 1.5) < 0.5, "\(speed)")
  }

  @Test func conjunctionNeedsBoth() throws {
    let advice = try Self.advice(
      "generated:conjunction-classes:samples=120,frames=6,height=16,width=16,classes=2,noise=0.05,speed=1")
    let probes = try #require(advice.probes)
    #expect(advice.source == .conjunction, "\(advice.text)")
    #expect(probes[.lastFrame] < 0.65 && probes[.direction] < 0.65, "\(advice.text)")
    #expect(probes.best.accuracy > 0.8 && probes.best.view.knowsOrder, "\(advice.text)")
    #expect(advice.text.contains("appearance and motion together"))
  }

  @Test func sameSeedSameBits() throws {
    let clips = try Self.clips("generated:motion-clips:samples=20,frames=4,height=16,width=16")
    let first = try ClipProbes(clips, most: 60, seed: 5)
    #expect(try ClipProbes(clips, most: 60, seed: 5) == first)
    #expect(first.clips == 60 && first.allClips == 80)
    let decoded = try JSONDecoder().decode(ClipProbes.self, from: JSONEncoder().encode(first))
    #expect(decoded == first)
  }

  // MARK: Groups

  /// Noise whose groups are brighter or darker, group by group.
  static func films(groups: Int, each: Int, label: (Int) -> Int, classes: Int) throws -> LabeledClips {
    var random = RandomStream(seed: 11)
    var values: [Float] = []
    for _ in 0..<groups {
      let background = (0..<64).map { _ in 3 * random.normal() }
      for _ in 0..<each * 4 { values += background.map { $0 + 0.1 * random.normal() } }
    }
    let owners = (0..<groups).flatMap { group in (0..<each).map { _ in group } }
    return try LabeledClips(
      values: values, frames: 4, shape: FrameShape(height: 8, width: 8), labels: owners.map(label),
      classNames: (0..<classes).map { "class-\($0)" }, groups: owners, unit: .brightness)
  }

  /// Each film has a background of its own and one class: who tears films apart reaches 100%.
  @Test func aFilmIsNotItsClass() throws {
    let clips = try Self.films(groups: 20, each: 6, label: { $0 % 2 }, classes: 2)
    let torn = try ClipProbes(clips.groupedByClip())
    #expect(torn[.lastFrame] > 0.95, "the leak is there: \(torn[.lastFrame])")
    let kept = try ClipProbes(clips)
    #expect(kept.groups == 20)
    #expect(kept.probes.allSatisfy { $0.accuracy < 0.8 }, "\(kept.probes)")
  }

  @Test func aClassOfOneFilmSaysSo() throws {
    let clips = try Self.films(groups: 3, each: 6, label: { $0 }, classes: 3)
    let advice = try ClipAdvice(on: clips, name: "films", study: nil)
    #expect(advice.outcome == .unknown && advice.probes == nil)
    #expect(advice.text.contains("two groups or more of every class"), "\(advice.text)")
  }

  @Test func tooLittleSaysWhatIsMissing() throws {
    func answer(_ labels: [Int], _ groups: [Int]) throws -> String {
      let clips = try LabeledClips(
        values: .init(repeating: 1, count: labels.count * 2 * 64), frames: 2,
        shape: FrameShape(height: 8, width: 8),
        labels: labels, classNames: ["a", "b"], groups: groups, unit: .brightness)
      let advice = try ClipAdvice(on: clips, name: "few", study: nil)
      #expect(advice.outcome == .unknown && advice.probes == nil)
      return advice.answer
    }
    #expect(try answer([0], [0]).contains("two classes or more"))
    #expect(try answer([0, 0, 0], [0, 1, 2]).contains("two classes or more"))
    #expect(try answer([0, 1, 0, 1], [7, 7, 7, 7]).contains("two groups of clips or more"))
    #expect(try answer([0, 1, 0, 1], [0, 0, 1, 1]).contains("four clips of each class"))
  }

  @Test func clipsThatNeverChangeTellNothing() throws {
    let clips = try LabeledClips(
      values: .init(repeating: 1, count: 20 * 2 * 64), frames: 2, shape: FrameShape(height: 8, width: 8),
      labels: (0..<20).map { $0 % 2 }, classNames: ["a", "b"], groups: (0..<20).map { $0 / 2 },
      unit: .brightness)
    let advice = try ClipAdvice(on: clips, name: "still", study: nil)
    #expect(advice.outcome == .unknown && advice.probes?.tellsAnything == false)
    #expect(advice.text.contains("no probe"))
  }

  @Test func groupsStayInOnePart() throws {
    let labels = (0..<60).map { $0 % 3 }
    let groups = (0..<60).map { $0 / 4 }
    let folds = try #require(GroupFolds(labels: labels, groups: groups, seed: 2))
    #expect(folds.count == 5)
    for group in 0..<15 {
      #expect(Set(groups.indices.filter { groups[$0] == group }.map { folds.parts[$0] }).count == 1)
    }
    #expect(GroupFolds(labels: [0, 1], groups: [0, 1], seed: 1) == nil)
    // A class that is in two groups only is in two parts, so that it can be learned; the others are in all.
    let rare = (0..<60).map { $0 < 8 && $0 % 4 == 0 ? 1 : 0 }
    let spread = try #require(GroupFolds(labels: rare, groups: groups, seed: 2))
    #expect(spread.count == 5)
    #expect(Set(rare.indices.filter { rare[$0] == 1 }.map { spread.parts[$0] }).count == 2)
    #expect(Set(spread.parts) == Set(0..<5))
  }
}
