import DataTestSupport
import Foundation
import NumPyFiles
import Readers
import Synthesis
import Testing

@Suite struct GeneratedDataTests {
  @Test(arguments: GeneratorName.allCases)
  func everyNameMakesData(name: GeneratorName) throws {
    let text = "generated:\(name.rawValue):samples=3,frames=4,height=24,width=20"
    let data = try GeneratedData(parsing: text, seed: 2)
    switch data.content {
    case .events(let events):
      #expect(!name.hasClasses)
      #expect(events.count == 3)
      let frames = try events.map { try $0.frame(at: 3) }
      #expect(frames.allSatisfy { $0.shape == FrameShape(height: 24, width: 20) })
      #expect(frames[0] != frames[1] && frames[1] != frames[2])
    case .clips(let clips):
      #expect(name.hasClasses)
      #expect(clips.count == 3 * clips.classNames.count)
      #expect(clips.frames == 4)
      #expect(clips.shape == FrameShape(height: 24, width: 20))
    }
    #expect((data.wiener != nil) == (name == .interactionDial))
  }

  @Test(arguments: [
    "generated:", "generated:rain", "generated:advected-cells:theta=0.5",
    "generated:interaction-dial:theta=much",
    "generated:interaction-dial:theta", "generated:moving-digits:digits=1.5",
    "generated:moving-digits:digits=0",
    "generated:motion-clips:colour=red",
    "generated:moving-digits:images=/nowhere/at-all",
  ])
  func senselessRequestsAreRefused(text: String) {
    #expect(dataError { try GeneratedData(parsing: text, seed: 1) } != nil)
  }

  @Test func unknownNamesListTheKnown() {
    let error = dataError { try GeneratedData(parsing: "generated:rain", seed: 1) }
    for name in GeneratorName.allCases { #expect(error?.expected.contains(name.rawValue) == true) }
  }

  @Test func theFirstEventIsTheSeedsOwn() throws {
    let data = try GeneratedData(
      parsing: "generated:advected-cells:samples=2,frames=3,height=20,width=18", seed: 7)
    guard case .events(let events) = data.content else { return }
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width) = (3, 20, 18)
    #expect(try events[0].frame(at: 2) == AdvectedCells(options, seed: 7).frame(at: 2))
  }

  @Test func filesHoldTheDataAndTheFacts() throws {
    let folder = try TemporaryFolder()
    let data = try GeneratedData(
      parsing: "generated:interaction-dial:samples=2,frames=5,height=8,width=12,input-frames=3", seed: 2)
    let output = folder.url.appendingPathComponent("Drehknopf θ.npy")
    let files = try GeneratedFiles(data).write(to: output)
    #expect(files.map(\.lastPathComponent) == ["Drehknopf θ.npy", "Drehknopf θ.json"])
    let array = try NumPyFile(contentsOf: output).array()
    #expect(array.shape == [2, 5, 8, 12, 1])
    guard case .events(let events) = data.content else { return }
    let last: [Float] = try events[1].frame(at: 4).values
    #expect(Array(array.floats().suffix(96)) == last)
    let facts = try JSONDecoder().decode(GeneratedFiles.Facts.self, from: Data(contentsOf: files[1]))
    #expect(facts.bestLinearForecast?.map(\.lead) == [1, 2])
    #expect(facts.inputFrames == 3)
    #expect(facts.seed == 2)
    let bad = folder.url.appendingPathComponent("dial.txt")
    #expect(dataError { try GeneratedFiles(data).write(to: bad) }?.kind == .invalidOption)
  }

  @Test func labelsComeBeside() throws {
    let folder = try TemporaryFolder()
    let data = try GeneratedData(
      parsing: "generated:conjunction-classes:samples=2,frames=3,height=8,width=9", seed: 2)
    let files = try GeneratedFiles(data).write(to: folder.url.appendingPathComponent("c.npy"))
    #expect(files.map(\.lastPathComponent) == ["c.npy", "c-labels.npy", "c-labels.csv", "c.json"])
    #expect(try NumPyFile(contentsOf: files[1]).array().floats() == [0, 1, 0, 1])
    let csv = try String(contentsOf: files[2], encoding: .utf8)
    #expect(csv.hasPrefix("index,class,group\n0,pairing-0,0\n1,pairing-1,0\n2,pairing-0,1\n"))
    let archive = try GeneratedFiles(data).write(to: folder.url.appendingPathComponent("c.npz"))
    let arrays = try NumPyArchive(contentsOf: archive[0])
    #expect(arrays.names == ["frames", "labels", "groups"])
    #expect(try arrays.array("groups").floats() == [0, 0, 1, 1])
    #expect(try arrays.array("frames").shape == [4, 3, 8, 9, 1])
  }
}
