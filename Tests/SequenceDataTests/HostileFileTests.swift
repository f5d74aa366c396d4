import Foundation
import SequenceData
import Testing

/// Files changed at random: every reader of our own gives frames or a `DataError`, and never stops the program.
/// `SQUALL_MUTATIONS` says how many changes for each format; script/fuzz asks for 100,000 under a sanitizer.
@Suite struct HostileFileTests {
  static let mutations = ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"].flatMap { Int($0) } ?? 300

  static let files = [
    "fields/classic.nc", "fields/offset64.nc", "fields/data64.nc", "fields/201609281600_fmi.pgm.gz",
    "fields/raa01-rw_10000-2010301450-dwd---bin.gz", "fields/raa01-rx_10000-2010301455-dwd---bin.gz",
    "pictures/palette.gif", "pictures/interlaced.gif", "pictures/clip.gif", "pgm", "text.pgm", "idx",
  ]

  @Test(arguments: files)
  func mutated(_ name: String) throws {
    let whole = try Self.bytes(name)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(max(bound, 1)))
    }
    var good = 0
    for _ in 0..<Self.mutations {
      var changed = whole
      for _ in 0...next(3) where !changed.isEmpty {
        let place = next(4) == 0 ? next(changed.count) : next(min(changed.count, 200))
        switch next(10) {
        case 0: changed.removeLast(next(changed.count / 2))
        case 1: changed[min(place, changed.count - 1)] = 0xff
        case 2: changed[min(place, changed.count - 1)] ^= UInt8(1 << next(8))
        default: changed[min(place, changed.count - 1)] = UInt8(next(256))
        }
      }
      do {
        _ = try HostileFiles.read(Data(changed), name: name)
        good += 1
      } catch is DataError {}
    }
    // Some changes touch only values.
    #expect(good < Self.mutations)
  }

  /// Compressed files are changed behind their compression, where the parsers are.
  private static func bytes(_ name: String) throws -> [UInt8] {
    switch name {
    case "pgm": return [UInt8](pgm(height: 5, width: 7, maximum: 1000, comments: ["obstime 201609281600"]))
    case "text.pgm": return [UInt8](Data("P2\n# plain\n3 2\n15\n0 1 2\n3 4 15\n".utf8))
    case "idx": return [UInt8](idx(shape: [2, 3, 4], (0..<24).map { UInt8($0) }))
    default:
      let data = try Data(contentsOf: GoldenFiles.root.appendingPathComponent(name))
      return [UInt8](name.hasSuffix(".gz") ? try HostileFiles.inflated(data) : data)
    }
  }
}
