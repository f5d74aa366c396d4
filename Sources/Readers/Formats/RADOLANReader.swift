import Foundation

/// Reads binary composites of the German weather service (RADOLAN: RW, SF, RY, YW and other sums; RX and WX
/// reflectivity), also gzip-compressed.
///
/// A text header ends with the byte 3; numbers follow from the south-west corner, row by row. Of the 16 bits of a
/// number 12 are the value, in the precision that the header states as `PR`; bit 14 (0x2000) marks no data, bit 15
/// (0x4000) a negative value and bit 16 (0x8000) clutter, which counts as missing. Reflectivities have one byte:
/// dBZ = PV / 2 − 32.5, 250 is no data and 249 clutter. Sums become mm/h by the minutes stated as `INT`;
/// reflectivities by Z = 200 R^1.6. A frame's time is that of the header, in UTC: the end of the interval.
///
/// Source: Deutscher Wetterdienst, "RADOLAN/RADVOR: Beschreibung des Kompositformats", version 2.5.
public struct RADOLANReader: FrameFileReader {
  public init() {}

  public var fileExtensions: [String] { ["bin", "gz", "dat", ""] }

  /// Whether bytes start as such a file does.
  static func recognises(_ start: Data) -> Bool {
    let text = String(decoding: start.prefix(17), as: UTF8.self)
    return text.prefixMatch(of: /[A-Z]{2}[0-9]{6}[0-9]{5}[0-9]{4}/) != nil
  }

  public func header(of file: URL) throws -> FrameFileHeader {
    try Composite(data: FileBytes.read(file), file: file.path).header
  }

  public func frame(in file: URL) throws -> Frame { try frame(FileBytes.read(file), file: file.path) }

  func frame(_ data: Data, file: String) throws -> Frame {
    let composite = try Composite(data: data, file: file)
    let shape = composite.header.shape
    var values = [Float](repeating: 0, count: shape.count)
    let bytes = composite.bytes
    for row in 0..<shape.height {
      // The file starts in the south, a frame in the north.
      let line = (shape.height - 1 - row) * shape.width
      for column in 0..<shape.width {
        values[row * shape.width + column] =
          composite.isByte
          ? Self.decibels(bytes[composite.start + line + column])
          : Self.sum(
            UInt16(bytes[composite.start + 2 * (line + column)])
              | UInt16(bytes[composite.start + 2 * (line + column) + 1]) << 8, composite.precision)
      }
    }
    let unit: StoredUnit = composite.isByte ? .decibels : .millimetres
    try unit.convert(&values, interval: composite.header.interval, file: file)
    return try Frame(shape: shape, values: values, time: composite.header.time)
  }

  private static func sum(_ word: UInt16, _ precision: Float) -> Float {
    if word & 0xa000 != 0 { return .nan }
    let value = Float(word & 0x0fff) * precision
    return word & 0x4000 != 0 ? -value : value
  }

  /// 0 is below what the radar sees.
  private static func decibels(_ byte: UInt8) -> Float {
    byte >= 249 ? .nan : byte == 0 ? -.infinity : Float(byte) / 2 - 32.5
  }

  /// A file with its header decoded and its length checked.
  private struct Composite {
    let header: FrameFileHeader
    let precision: Float
    let isByte: Bool
    let start: Int
    let bytes: [UInt8]

    init(data: Data, file: String) throws {
      var parser = ByteParser(data, file: file)
      guard RADOLANReader.recognises(data), let end = parser.bytes.prefix(4096).firstIndex(of: 3) else {
        throw parser.foreign("a RADOLAN composite (two letters, day, time, station, month, year)")
      }
      let text = String(decoding: try parser.take(end), as: UTF8.self)
      let letters = Array(text)
      guard letters.count >= 17, let time = Self.time(letters) else {
        throw parser.corrupt("a day and time in the header", received: "“\(text.prefix(17))”")
      }
      let product = String(letters[0..<2])
      isByte = ["RX", "WX", "EX"].contains(product)
      let size = try Self.size(text, product, parser)
      let step = text.firstMatch(of: /PR\s*E([+-][0-9]{2})/).flatMap { Int($0.1) }
      guard isByte || step.map({ (-4...2).contains($0) }) ?? false else {
        throw parser.corrupt("the precision (PR E-01 …) in the header", received: "“\(text)”")
      }
      precision = Float(pow(10, Double(step ?? 0)))
      let minutes = text.firstMatch(of: /INT\s*([0-9]+)/).flatMap { Double($0.1) }
      start = end + 1
      bytes = parser.bytes
      let expected = size.count * (isByte ? 1 : 2)
      guard bytes.count - start == expected else {
        throw parser.corrupt(
          "\(expected) bytes for \(size.height)×\(size.width) pixels", received: "\(bytes.count - start)")
      }
      header = FrameFileHeader(
        shape: size, time: time, interval: minutes.flatMap { $0 > 0 ? $0 : nil }, unit: .millimetresPerHour,
        grid: Self.grid)
    }

    /// `DDhhmm` behind the product, `MMYY` behind the station.
    private static func time(_ letters: [Character]) -> Date? {
      func number(_ range: Range<Int>) -> Int { Int(String(letters[range])) ?? -1 }
      return UTC.date(
        year: 2000 + number(15..<17), month: number(13..<15), day: number(2..<4), hour: number(4..<6),
        minute: number(6..<8), second: 0)
    }

    /// `GP 900x 900`; some products have fixed sizes and leave it out.
    private static func size(_ text: String, _ product: String, _ parser: ByteParser) throws -> FrameShape {
      guard let match = text.firstMatch(of: /GP\s*([0-9]+)x\s*([0-9]+)/), let height = Int(match.1),
        let width = Int(match.2)
      else {
        throw parser.corrupt("the size (GP 900x 900) in the header", received: "“\(text.prefix(80))”")
      }
      guard height > 0, width > 0, height <= 10_000, width <= 10_000 else {
        throw parser.corrupt("a size of up to 10,000 pixels a side", received: "\(height)×\(width)")
      }
      return FrameShape(height: height, width: width)
    }

    /// Polar stereographic, one pixel a kilometre at 60° north.
    private static let grid = GridMetadata(
      projection: "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6370040 +b=6370040 +units=m +no_defs",
      pixelWidth: 1, pixelHeight: 1)
  }
}
