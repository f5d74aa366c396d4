import CZlib
import Foundation
import Reports
import Testing

@Suite struct PNGTests {
  @Test func writesKnownBytes() throws {
    // One red pixel, as Python's zlib and struct write it.
    let file = try PNGImage(width: 1, height: 1, pixels: .rgb([255, 0, 0])).encoded()
    let expected = [
      "89504e470d0a1a0a", "0000000d49484452", "00000001000000010802000000907753de", "0000000c49444154",
      "78da63f8cfc0000003010100f7034143", "0000000049454e44ae426082",
    ].joined()
    let written = file.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    #expect(written == expected)
  }

  @Test func palettePixelsComeBack() throws {
    let colours = [RGB(1, 2, 3), RGB(250, 128, 0), RGB(9, 9, 9)]
    let indices: [UInt8] = [0, 1, 2, 2, 1, 0, 1, 1, 0, 2, 0, 1, 2, 2, 2]
    let image = try PNGImage(width: 5, height: 3, pixels: .palette(indices: indices, colours: colours))
    let decoded = try DecodedPNG(image.encoded())
    #expect((decoded.width, decoded.height) == (5, 3))
    #expect((decoded.depth, decoded.colourType) == (8, 3))
    #expect(decoded.palette == [1, 2, 3, 250, 128, 0, 9, 9, 9])
    #expect(decoded.pixels == indices)
  }

  @Test(arguments: [3, 4]) func trueColourPixelsComeBack(channels: Int) throws {
    let (width, height) = (7, 4)
    let bytes = (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ ($0 >> 2)) }
    let pixels = channels == 3 ? PNGImage.Pixels.rgb(bytes) : .rgba(bytes)
    let decoded = try DecodedPNG(PNGImage(width: width, height: height, pixels: pixels).encoded())
    #expect((decoded.width, decoded.height) == (width, height))
    #expect(decoded.colourType == (channels == 3 ? 2 : 6))
    #expect(decoded.pixels == bytes)
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(throws: ReportError.self) { try PNGImage(width: 0, height: 2, pixels: .rgb([])) }
    #expect(throws: ReportError.self) { try PNGImage(width: 2, height: 1, pixels: .rgb([1, 2, 3])) }
    #expect(throws: ReportError.self) {
      try PNGImage(width: 2, height: 1, pixels: .palette(indices: [0, 1], colours: [RGB(0, 0, 0)]))
    }
    let tooMany = [RGB](repeating: RGB(0, 0, 0), count: 257)
    #expect(throws: ReportError.self) {
      try PNGImage(width: 1, height: 1, pixels: .palette(indices: [0], colours: tooMany))
    }
    #expect(throws: ReportError.self) {
      try Picture(field: [1, 2, 3], height: 2, width: 2, scale: .rainRate)
    }
    #expect(throws: ReportError.self) {
      try Picture(field: [1, 2], mask: [true], height: 1, width: 2, scale: .rainRate)
    }
  }
}

/// A PNG reader of its own, so that the writer is not tested against itself. Checks every checksum.
struct DecodedPNG {
  var width = 0
  var height = 0
  var depth = 0
  var colourType = 0
  var palette: [UInt8] = []
  var pixels: [UInt8] = []

  struct Broken: Error { let reason: String }

  init(_ file: Data) throws {
    let bytes = [UInt8](file)
    guard Array(bytes.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10] else {
      throw Broken(reason: "signature")
    }
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var compressed: [UInt8] = []
    var at = 8
    var names: [String] = []
    while at < bytes.count {
      let length = word(at)
      let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      let body = Array(bytes[at + 8..<at + 8 + length])
      let sum = crc32(0, Array(bytes[at + 4..<at + 8 + length]), uInt(length + 4))
      guard Int(sum) == word(at + 8 + length) else { throw Broken(reason: "checksum of \(name)") }
      names.append(name)
      switch name {
      case "IHDR":
        (width, height, depth, colourType) = (word(at + 8), word(at + 12), Int(body[8]), Int(body[9]))
      case "PLTE": palette = body
      case "IDAT": compressed += body
      default: break
      }
      at += 12 + length
    }
    guard names.first == "IHDR", names.last == "IEND" else { throw Broken(reason: "order \(names)") }
    let channels = colourType == 3 ? 1 : colourType == 2 ? 3 : 4
    let stride = width * channels
    var size = uLong((stride + 1) * height)
    var rows = [UInt8](repeating: 0, count: Int(size))
    guard uncompress(&rows, &size, compressed, uLong(compressed.count)) == Z_OK, Int(size) == rows.count
    else {
      throw Broken(reason: "deflate stream")
    }
    for row in 0..<height {
      let start = row * (stride + 1)
      for column in 0..<stride {
        let value = rows[start + 1 + column]
        switch rows[start] {
        case 0: pixels.append(value)
        case 2: pixels.append(value &+ (row == 0 ? 0 : pixels[(row - 1) * stride + column]))
        default: throw Broken(reason: "filter \(rows[start])")
        }
      }
    }
  }
}
