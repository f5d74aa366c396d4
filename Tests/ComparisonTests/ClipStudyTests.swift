import Comparison
import Foundation
import Synthesis
import Testing

@Suite struct ClipStudyTests {
  /// Sets where the motion probe is right, and ConvLSTM2D is ahead, and sets where the last frame suffices.
  static func row(_ number: Int, moves: Bool) -> ClipStudy.Row {
    let skills = ClipView.allCases.map { view in moves == view.knowsOrder ? 0.9 : moves ? 0 : 0.8 }
    return ClipStudy.Row(
      number: number, generator: moves ? "motion-clips" : "appearance-classes", budget: "parameters",
      situation: ClipStudy.Situation(clips: 160, classes: 4, frames: 6, side: 16, skills: skills),
      conv2dLSTM: moves ? 0.5 : 0.9, convLSTM2D: 0.9, cnnLast: moves ? 0.25 : 0.9, testClips: 32)
  }

  static var rows: [ClipStudy.Row] { (0..<24).map { row($0, moves: $0 / 2 % 2 == 0) } }

  @Test func nearSetsDecide() throws {
    let study = try #require(ClipStudy(rows: Self.rows))
    let moving = study.forecast(Self.row(0, moves: true).situation)
    #expect(moving.convLSTM2D > 0.8 && moving.lastFrameIsAsGood < 0.2 && moving.isSupported, "\(moving)")
    let still = study.forecast(Self.row(0, moves: false).situation)
    #expect(still.alike > 0.8 && still.lastFrameIsAsGood > 0.8, "\(still)")
    #expect(abs(moving.convLSTM2D + moving.conv2dLSTM + moving.alike - 1) < 1e-12)
    // Nothing like it was studied.
    var far = Self.row(0, moves: true).situation
    far.clips = 1_000_000
    #expect(!study.forecast(far).isSupported)
  }

  @Test func heldOutSetsAreNeverFitted() throws {
    let study = try #require(ClipStudy(rows: Self.rows))
    var changed = Self.rows
    for index in changed.indices where index % 4 == 3 { changed[index].convLSTM2D = 0.1 }
    let other = try #require(ClipStudy(rows: changed))
    let situation = Self.row(0, moves: true).situation
    #expect(study.forecast(situation) == other.forecast(situation))
    let judgement = study.judged()
    #expect(judgement.fitted == 18 && judgement.heldOut == 6)
    #expect(judgement.right == judgement.clear && judgement.brier < judgement.baseBrier)
    #expect(other.judged().right == 0 && other.judged().clear == 6, "a wrong study is found out")
  }

  @Test func tooFewSetsAreNoStudy() {
    #expect(ClipStudy(rows: Array(Self.rows.prefix(9))) == nil)
    #expect(ClipStudy(rows: []) == nil)
  }

  @Test func marginsCountOnBothSides() {
    var row = Self.row(0, moves: true)
    (row.conv2dLSTM, row.convLSTM2D) = (0.5, 0.52)
    #expect(row.result == .alike)
    row.convLSTM2D = 0.53
    #expect(row.result == .convLSTM2D)
    row.convLSTM2D = 0.47
    #expect(row.result == .conv2dLSTM)
  }

  @Test func aTableReadsBack() {
    let rows = Self.rows
    let text = ([ClipStudy.Row.header] + rows.map(\.line) + ["", "no,row"]).joined(separator: "\n")
    #expect(ClipStudy.rows(in: text) == rows)
    #expect(ClipStudy.Row.header.split(separator: ",").count == rows[0].line.split(separator: ",").count)
  }

  /// The table of the program is that of the drawn sets.
  @Test func theStandardTableIsOfTheDrawnSets() throws {
    let study = try #require(ClipStudy.standard)
    for row in study.rows {
      let set = StudiedClips(number: row.number)
      #expect(set.generator.rawValue == row.generator && set.budget.rawValue == row.budget)
      #expect(set.data.contains("height=\(row.situation.side),"))
    }
    #expect(Set(study.rows.map(\.number)).count == study.rows.count)
  }

  @Test func setsDependOnTheirNumberAlone() throws {
    #expect(StudiedClips(number: 7) == StudiedClips(number: 7))
    #expect(Set((0..<40).map { StudiedClips(number: $0).generator }).count == 4)
    #expect(Set((0..<40).filter { $0 % 4 == 3 }.map { StudiedClips(number: $0).generator }).count == 4)
    let data = try GeneratedData(parsing: StudiedClips(number: 0).data, seed: 1)
    guard case .clips(let clips) = data.content else {
      Issue.record("no clips")
      return
    }
    #expect(clips.shape.height == 16 && clips.classNames.count == 3)
    #expect(StudiedClips(number: 0).arguments.joined(separator: " ").contains("--parameters"))
  }
}
