import Foundation
import Reports
import Testing

@Suite struct GIFAnimationTests {
  /// Frames that fill the dictionary more than once, and flat ones.
  @Test(arguments: [2, 5, 16, 200, 256])
  func decodesToTheSamePixels(_ colourCount: Int) throws {
    let (width, height) = (123, 97)
    var state: UInt32 = 7
    func noise() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(Int(state >> 16) % colourCount)
    }
    let frames = [
      (0..<width * height).map { _ in noise() },
      [UInt8](repeating: UInt8(colourCount - 1), count: width * height),
      (0..<width * height).map { UInt8($0 / 9 % colourCount) },
    ]
    let colours = (0..<colourCount).map { RGB(hex: UInt32($0 * 65_793)) }
    let file = try GIFAnimation(
      width: width, height: height, colours: colours, frames: frames, delays: [10, 20, 30]
    ).encoded()
    let decoded = try Self.decode([UInt8](file))
    #expect(decoded.width == width && decoded.height == height && decoded.delays == [10, 20, 30])
    #expect(decoded.frames == frames)
  }

  @Test func refusesWhatNoGIFCanHold() {
    #expect(throws: ReportError.self) {
      try GIFAnimation(width: 2, height: 2, colours: [RGB(hex: 0)], frames: [[0, 0, 0, 1]], delays: [1])
    }
    #expect(throws: ReportError.self) {
      try GIFAnimation(width: 2, height: 2, colours: [RGB(hex: 0)], frames: [], delays: [])
    }
  }

  /// A reader written from the specification, for what the writer writes.
  private static func decode(
    _ bytes: [UInt8]
  ) throws -> (width: Int, height: Int, delays: [Int], frames: [[UInt8]]) {
    func number(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
    try #require(bytes.starts(with: Array("GIF89a".utf8)))
    let (width, height) = (number(6), number(8))
    var position = 13 + 3 * (2 << Int(bytes[10] & 7))
    var delays: [Int] = []
    var frames: [[UInt8]] = []
    while bytes[position] != 0x3B {
      if bytes[position] == 0x21 {
        if bytes[position + 1] == 0xF9 { delays.append(number(position + 4)) }
        position += 2
        while bytes[position] != 0 { position += 1 + Int(bytes[position]) }
        position += 1
        continue
      }
      try #require(bytes[position] == 0x2C)
      position += 10
      let codeSize = Int(bytes[position])
      position += 1
      var data: [UInt8] = []
      while bytes[position] != 0 {
        data += bytes[position + 1...position + Int(bytes[position])]
        position += 1 + Int(bytes[position])
      }
      position += 1
      frames.append(unpack(data, codeSize))
    }
    return (width, height, delays, frames)
  }

  private static func unpack(_ data: [UInt8], _ codeSize: Int) -> [UInt8] {
    let clear = 1 << codeSize
    var table: [[UInt8]] = []
    var pixels: [UInt8] = []
    var (bit, width) = (0, codeSize + 1)
    var last: [UInt8]?
    while true {
      var code = 0
      for i in 0..<width { code |= Int(data[(bit + i) / 8] >> UInt8((bit + i) % 8) & 1) << i }
      bit += width
      if code == clear + 1 { return pixels }
      if code == clear {
        table = (0..<clear).map { [UInt8(truncatingIfNeeded: $0)] } + [[], []]
        (width, last) = (codeSize + 1, nil)
        continue
      }
      let string = code < table.count ? table[code] : last! + [last![0]]
      pixels += string
      if let last, table.count < 4096 { table.append(last + [string[0]]) }
      if table.count == 1 << width, width < 12 { width += 1 }
      last = string
    }
  }
}
