import DataTestSupport
import Foundation
import Synthesis
import Testing

@Suite struct MotionClipsTests {
  private var quiet: MotionClips {
    var clips = MotionClips()
    clips.scenes = 4
    clips.height = 20
    clips.width = 26
    clips.noise = 0
    return clips
  }

  @Test func everySceneIsFilmedOncePerDirection() throws {
    let clips = try quiet.clips(seed: 1)
    #expect(clips.count == 16)
    #expect(clips.labels == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    #expect(clips.groups == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(clips.classNames == ["right", "left", "up", "down"])
    #expect(try clips.values.count == 16 * 8 * 20 * 26)
    #expect(try quiet.clips(seed: 1) == clips)
    #expect(try quiet.clips(seed: 2) != clips)
  }

  @Test func theFirstFrameTellsNothing() throws {
    let values = try quiet.clips(seed: 1).values
    let frame = 20 * 26
    let clip = 8 * frame
    for index in 1..<4 {
      #expect(values[0..<frame] == values[index * clip..<index * clip + frame])
    }
    // And nothing leaves the picture: each frame is as bright as the first, but for the sampling.
    for time in 0..<8 {
      let sum = values[time * frame..<(time + 1) * frame].reduce(0, +)
      let first = values[0..<frame].reduce(0, +)
      #expect(abs(sum - first) < 0.05 * first)
    }
  }

  @Test(arguments: MotionClips.Direction.allCases)
  func blobsMoveAsTheClassSays(direction: MotionClips.Direction) throws {
    var options = quiet
    options.directions = MotionClips.Direction.allCases
    options.speed = 2
    let values = try options.clips(seed: 3).values
    let label = try #require(options.directions.firstIndex(of: direction))
    let frame = 20 * 26
    let start = label * 8 * frame
    // Two pixels a frame: after three frames √½·6 ≈ 4 along each diagonal axis, 6 along a straight one.
    let straight = MotionClips.Direction.straight.contains(direction)
    let rows = Int((direction.vector.rows * (straight ? 6 : 4 * 2.0.squareRoot())).rounded())
    let columns = Int((direction.vector.columns * (straight ? 6 : 4 * 2.0.squareRoot())).rounded())
    func error(_ rows: Int, _ columns: Int) -> Float {
      var sum: Float = 0
      for row in 0..<20 {
        for column in 0..<26 {
          let to = (row + rows + 40) % 20 * 26 + (column + columns + 52) % 26
          let a = values[start + row * 26 + column]
          let b = values[start + 3 * frame + to]
          sum += (a - b) * (a - b)
        }
      }
      return sum
    }
    #expect(error(rows, columns) < 0.2 * error(0, 0))
    #expect(error(rows, columns) < 0.2 * error(-rows, -columns))
  }

  @Test func noiseIsAdded() throws {
    var noisy = quiet
    noisy.noise = 0.2
    let differences = zip(try noisy.clips(seed: 1).values, try quiet.clips(seed: 1).values).map { $0 - $1 }
    let variance = differences.reduce(0) { $0 + Double($1 * $1) } / Double(differences.count)
    #expect(abs(variance.squareRoot() - 0.2) < 0.005)
  }

  @Test func senselessOptionsAreRefused() {
    let changes: [(inout MotionClips) -> Void] = [
      { $0.scenes = 0 }, { $0.frames = 1 }, { $0.height = 0 }, { $0.width = -3 }, { $0.blobs = 0 },
      { $0.noise = -1 }, { $0.noise = .nan }, { $0.speed = 0 }, { $0.directions = [.left] },
      { $0.directions = [.left, .left] },
    ]
    for change in changes {
      var clips = quiet
      change(&clips)
      #expect(dataError { try clips.clips(seed: 1) }?.kind == .invalidOption)
    }
  }
}
