import DataTestSupport
import Foundation
import Readers
import Testing

/// Files changed at random: every reader of our own gives frames or a `DataError`, and never stops the program.
/// `SQUALL_MUTATIONS` says how many changes for each format; script/fuzz asks for 100,000 under a sanitizer.
@Suite struct HostileFileTests {
  static let mutations = ProcessInfo.processInfo.environment["SQUALL_MUTATIONS"].flatMap { Int($0) } ?? 300

  static let files = [
    "fields/classic.nc", "fields/offset64.nc", "fields/data64.nc", "fields/201609281600_fmi.pgm.gz",
    "fields/raa01-rw_10000-2010301450-dwd---bin.gz", "fields/raa01-rx_10000-2010301455-dwd---bin.gz",
    "pictures/palette.gif", "pictures/interlaced.gif", "pictures/clip.gif", "rain.gif", "pgm", "text.pgm",
    "idx", "little.tif", "big.tif", "labels.csv", "moments.txt",
  ]

  @Test(arguments: files)
  func mutated(_ name: String) throws {
    let whole = try Self.bytes(name)
    #expect(try HostileFiles.read(Data(whole), name: name) > 0, "the honest file is read")
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(max(bound, 1)))
    }
    // Of texts one line at a time, which is what readers are given.
    let wholes = name.hasSuffix(".txt") ? whole.split(separator: 0x0a).map(Array.init) : [whole]
    var good = 0
    for _ in 0..<Self.mutations {
      var changed = wholes[wholes.count == 1 ? 0 : next(wholes.count)]
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
    // Most changes touch more than values; texts without a date are no error.
    #expect(name.hasSuffix(".txt") || good < Self.mutations)
  }

  /// Compressed files are changed behind their compression, where the parsers are.
  private static func bytes(_ name: String) throws -> [UInt8] {
    switch name {
    case "pgm": return [UInt8](pgm(height: 5, width: 7, maximum: 1000, comments: ["obstime 201609281600"]))
    case "text.pgm": return [UInt8](Data("P2\n# plain\n3 2\n15\n0 1 2\n3 4 15\n".utf8))
    case "rain.gif": return [UInt8](meteoSwissPicture())
    case "little.tif": return tiff(littleEndian: true)
    case "big.tif": return tiff(littleEndian: false)
    case "labels.csv":
      return [UInt8](
        Data("name,label,group\nfilm1_001,left,film1\n\"a, b\",\"say \"\"right\"\"\",film2\nc;d,é\n".utf8))
    case "moments.txt":
      return [UInt8](
        Data(
          """
          rain_201008260005.h5
          seconds since 1970-01-01 00:00:00 +2:30
          26-AUG-2010;00:05:00.000
          GEO=0.01*PV+-32.0
          ACCUMULATED_PRECIPITATION_[MM]
          %Y-%m-%dT%H:%M:%S*%j%y%%
          """.utf8))
    case "idx": return [UInt8](idx(shape: [2, 3, 4], (0..<24).map { UInt8($0) }))
    default:
      let data = try Data(contentsOf: GoldenFiles.root.appendingPathComponent(name))
      return [UInt8](name.hasSuffix(".gz") ? try HostileFiles.inflated(data) : data)
    }
  }

  /// A TIFF file of one strip, as far as its first directory.
  private static func tiff(littleEndian: Bool) -> [UInt8] {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
      let little = (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      return littleEndian ? little : little.reversed()
    }
    let short = 3
    let tags = [(256, 7), (257, 5), (258, 8), (259, 1), (262, 1), (273, 110), (277, 1), (278, 5), (279, 35)]
    var file = Array((littleEndian ? "II" : "MM").utf8) + bytes(42, 2) + bytes(8, 4) + bytes(tags.count, 2)
    for (tag, value) in tags {
      file += bytes(tag, 2) + bytes(short, 2) + bytes(1, 4) + bytes(value, 2) + [0, 0]
    }
    return file + bytes(0, 4) + [UInt8](repeating: 7, count: 35)
  }

  /// A picture as MeteoSwiss makes them, 4 by 4: the codes of a GIF that clears its table before each pixel.
  private static func meteoSwissPicture() -> Data {
    var file = Array("GIF89a".utf8) + [4, 0, 4, 0, 0xf7, 0, 0]
    for index in 0..<256 { file += [UInt8](repeating: UInt8(index), count: 3) }
    let comment = Array("Meteoswiss PRDT=AQC170310945 ACCUm=5".utf8)
    file += [0x21, 0xfe, UInt8(comment.count)] + comment + [0]
    file += [0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, 8]
    let codes = (0..<16).flatMap { [256, 15 * $0] } + [257]
    var (bits, held, data) = (0, 0, [UInt8]())
    for code in codes {
      bits |= code << held
      held += 9
      while held >= 8 {
        data.append(UInt8(bits & 255))
        bits >>= 8
        held -= 8
      }
    }
    data.append(UInt8(bits & 255))
    return Data(file + [UInt8(data.count)] + data + [0, 0x3b])
  }
}
