import DataTestSupport
import Readers
import Synthesis
import Testing

@Suite struct CuedClipsTests {
  private func quiet(_ cue: CuedClips.Cue, classes: Int = 2) -> CuedClips {
    var clips = CuedClips(cue: cue)
    clips.classes = classes
    clips.scenes = 12
    clips.frames = 4
    clips.height = 20
    clips.width = 28
    clips.noise = 0
    return clips
  }

  private func frame(_ clips: LabeledClips, _ clip: Int, _ time: Int) -> [Float] {
    let start = (clip * clips.frames + time) * clips.shape.count
    guard let values = try? clips.values else { return [] }
    return Array(values[start..<start + clips.shape.count])
  }

  @Test func appearanceIsInTheFirstFrame() throws {
    let clips = try quiet(.appearance, classes: 3).clips(seed: 1)
    #expect(clips.classNames == ["disc", "cross", "ring"])
    // Clips of a scene lie at one place: the first frames differ by the shape alone.
    for scene in 0..<12 {
      #expect(frame(clips, 3 * scene, 0) != frame(clips, 3 * scene + 1, 0))
    }
  }

  @Test func motionIsNotInAFrame() throws {
    let clips = try quiet(.motion).clips(seed: 1)
    #expect(clips.classNames == ["right", "left"])
    // In scenes 0 and 1 the shapes are dealt out the other way round: over both, the first frames are the same.
    for scene in 0..<12 {
      #expect(clips.labels[2 * scene..<2 * scene + 2] == [0, 1])
      #expect(frame(clips, 2 * scene, 0) != frame(clips, 2 * scene, 3))
    }
  }

  @Test(arguments: [2, 3, 4])
  func inAConjunctionNeitherAloneTells(classes: Int) throws {
    let clips = quiet(.conjunction, classes: classes)
    var shapes = [[Int]](repeating: [0, 0, 0, 0], count: classes)
    var directions = shapes
    var pairs: Set<[Int]> = []
    for scene in 0..<12 {
      for label in 0..<classes {
        let content = clips.content(of: label, scene: scene)
        let shape = CuedClips.Shape.allCases.firstIndex(of: content.shape) ?? 9
        let direction = CuedClips.directions.firstIndex(of: content.direction) ?? 9
        shapes[label][shape] += 1
        directions[label][direction] += 1
        pairs.insert([label, shape, direction])
      }
    }
    #expect(Set(shapes).count == 1 && Set(directions).count == 1)
    // Together they do: every pair belongs to one class.
    #expect(pairs.count == classes * classes)
    #expect(Set(pairs.map { Array($0[1...]) }).count == classes * classes)
    #expect(try clips.clips(seed: 2).count == 12 * classes)
  }

  @Test func shapesHaveOneArea() throws {
    var options = quiet(.appearance, classes: 4)
    options.height = 48
    options.width = 48
    options.scenes = 2
    let clips = try options.clips(seed: 5)
    let inks = (0..<4).map { frame(clips, $0, 1).reduce(0, +) }
    let mean = inks.reduce(0, +) / 4
    #expect(inks.allSatisfy { abs($0 - mean) < 0.06 * mean }, "\(inks)")
  }

  @Test func senselessOptionsAreRefused() {
    for change: (inout CuedClips) -> Void in [
      { $0.classes = 1 }, { $0.classes = 5 }, { $0.scenes = 0 }, { $0.frames = 1 }, { $0.width = 4 },
      { $0.speed = 0 }, { $0.noise = -1 }, { $0.size = 0.9 },
    ] {
      var options = quiet(.motion)
      change(&options)
      #expect(dataError { try options.clips(seed: 1) }?.kind == .invalidOption)
    }
  }
}
