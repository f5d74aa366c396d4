import Foundation

/// A GIF file as it is stored: palette indices, palettes and comments, which other decoders turn into colours or
/// leave out. Radar services draw rain classes as palette indices and write the time into a comment.
///
/// Source: CompuServe, "Graphics Interchange Format, Version 89a", 1990.
public struct GIFFile: Sendable {
  /// A colour of a palette.
  public struct Colour: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
  }

  /// What becomes of a picture when the next one is drawn.
  enum Disposal: Sendable { case keep, background, previous }

  /// One picture of the file, still compressed.
  public struct Image: Sendable {
    public let left: Int
    public let top: Int
    public let width: Int
    public let height: Int
    /// Its own palette, or that of the file.
    public let palette: [Colour]
    /// The index that lets the picture below shine through.
    public let transparent: Int?
    let isInterlaced: Bool
    let disposal: Disposal
    let codeSize: Int
    let data: [UInt8]
  }

  public let width: Int
  public let height: Int
  public let images: [Image]
  public let comments: [String]
  private let file: String
  /// The most pixels that a canvas may claim, and the most pictures.
  private static let maximumPixels = 1 << 26
  private static let maximumImages = 1 << 16

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` if it is no GIF file, or damaged.
  public init(contentsOf url: URL) throws { try self.init(data: FileBytes.read(url), file: url.path) }

  /// Reads a file that is in memory.
  ///
  /// - Throws: as ``init(contentsOf:)``.
  public init(data: Data, file: String) throws {
    var parser = ByteParser(data, file: file)
    guard data.count >= 13,
      ["GIF87a", "GIF89a"].contains(String(decoding: try parser.take(6), as: UTF8.self))
    else { throw parser.foreign("a GIF file") }
    width = try parser.littleEndian(2)
    height = try parser.littleEndian(2)
    guard width > 0, height > 0, width * height <= Self.maximumPixels else {
      throw parser.corrupt("a canvas of 1 to \(Self.maximumPixels) pixels", received: "\(width)×\(height)")
    }
    let flags = try parser.byte()
    _ = try parser.take(2)
    let palette = try Self.palette(flags, &parser)
    var images: [Image] = []
    var comments: [String] = []
    var control = Control()
    scan: while true {
      switch try parser.byte() {
      case 0x3b: break scan
      case 0x2c:
        guard images.count < Self.maximumImages else {
          throw parser.corrupt("at most \(Self.maximumImages) pictures", received: "more")
        }
        images.append(try Self.image(control, palette, width, height, &parser))
        control = Control()
      case 0x21:
        let label = try parser.byte()
        let block = try Self.subBlocks(&parser)
        if label == 0xfe { comments.append(String(decoding: block, as: UTF8.self)) }
        if label == 0xf9 { control = Control(block) }
      case let other: throw parser.corrupt("a picture, an extension or the end", received: "a block \(other)")
      }
    }
    guard !images.isEmpty else { throw parser.corrupt("at least one picture", received: "none") }
    self.images = images
    self.comments = comments
    self.file = file
  }

  /// The palette index of every pixel of a picture, row by row.
  ///
  /// - Throws: ``DataError`` if the compressed data are damaged.
  public func indices(of image: Image) throws -> [UInt8] {
    var decoder = GIFDecompressor(codeSize: image.codeSize, count: image.width * image.height)
    let pixels = try decoder.pixels(image.data, file: file)
    guard image.isInterlaced else { return pixels }
    // Rows 0, 8, 16 …, then 4, 12 …, then 2, 6 …, then the odd ones.
    let order = [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { start, step in
      Array(stride(from: start, to: image.height, by: step))
    }
    var result = pixels
    for (from, to) in order.enumerated() {
      result.replaceSubrange(
        to * image.width..<(to + 1) * image.width, with: pixels[from * image.width..<(from + 1) * image.width]
      )
    }
    return result
  }

  private struct Control {
    var disposal = Disposal.keep
    var transparent: Int?

    init() {}

    init(_ block: [UInt8]) {
      guard block.count >= 4 else { return }
      disposal = [2: .background, 3: .previous][Int(block[0] >> 2 & 7)] ?? .keep
      transparent = block[0] & 1 == 1 ? Int(block[3]) : nil
    }
  }

  private static func palette(_ flags: UInt8, _ parser: inout ByteParser) throws -> [Colour] {
    guard flags & 0x80 != 0 else { return [] }
    let bytes = Array(try parser.take(3 << (Int(flags & 7) + 1)))
    return stride(from: 0, to: bytes.count, by: 3).map {
      Colour(red: bytes[$0], green: bytes[$0 + 1], blue: bytes[$0 + 2])
    }
  }

  private static func image(
    _ control: Control, _ shared: [Colour], _ canvasWidth: Int, _ canvasHeight: Int,
    _ parser: inout ByteParser
  ) throws -> Image {
    let left = try parser.littleEndian(2)
    let top = try parser.littleEndian(2)
    let width = try parser.littleEndian(2)
    let height = try parser.littleEndian(2)
    guard width > 0, height > 0, left + width <= canvasWidth, top + height <= canvasHeight else {
      throw parser.corrupt(
        "a picture within \(canvasWidth)×\(canvasHeight)", received: "\(width)×\(height) at \(left), \(top)")
    }
    let flags = try parser.byte()
    let own = try palette(flags, &parser)
    let codeSize = Int(try parser.byte())
    guard (1...8).contains(codeSize) else {
      throw parser.corrupt("codes of 1 to 8 bits", received: "\(codeSize)")
    }
    return Image(
      left: left, top: top, width: width, height: height, palette: own.isEmpty ? shared : own,
      transparent: control.transparent, isInterlaced: flags & 0x40 != 0, disposal: control.disposal,
      codeSize: codeSize, data: try subBlocks(&parser))
  }

  private static func subBlocks(_ parser: inout ByteParser) throws -> [UInt8] {
    var result: [UInt8] = []
    while true {
      let count = Int(try parser.byte())
      if count == 0 { return result }
      result += try parser.take(count)
    }
  }
}

/// The variable-length LZW codes of GIF.
private struct GIFDecompressor {
  let codeSize: Int
  let count: Int

  mutating func pixels(_ data: [UInt8], file: String) throws -> [UInt8] {
    let clear = 1 << codeSize
    let end = clear + 1
    var prefix = [UInt16](repeating: 0, count: 4096)
    var suffix = [UInt8](repeating: 0, count: 4096)
    var lengths = [UInt16](repeating: 1, count: 4096)
    for code in 0..<clear { suffix[code] = UInt8(truncatingIfNeeded: code) }
    var output = [UInt8](repeating: 0, count: count)
    var (written, next, width, previous) = (0, end + 1, codeSize + 1, -1)
    var (bits, held, place) = (0, 0, 0)
    func broken(_ received: String) -> DataError {
      DataError(
        .corrupt, file: file, expected: "\(count) pixels", received: received,
        remedy: "The file is truncated or damaged: fetch it again.")
    }
    while written < count {
      while held < width {
        guard place < data.count else { throw broken("data that end after \(written)") }
        bits |= Int(data[place]) << held
        held += 8
        place += 1
      }
      let code = bits & (1 << width - 1)
      bits >>= width
      held -= width
      if code == clear {
        (next, width, previous) = (end + 1, codeSize + 1, -1)
        continue
      }
      if code == end { throw broken("data that end after \(written)") }
      guard code < next || (code == next && previous >= 0 && next < 4096), code != end else {
        throw broken("a code that stands for nothing")
      }
      // A code not yet known is the previous string and its own first pixel once more.
      let known = code < next ? code : previous
      let length = Int(lengths[known])
      let total = code < next ? length : length + 1
      guard written + total <= count else { throw broken("more") }
      var walk = known
      for offset in stride(from: length - 1, through: 0, by: -1) {
        output[written + offset] = suffix[walk]
        walk = Int(prefix[walk])
      }
      let first = output[written]
      if code >= next { output[written + length] = first }
      if previous >= 0, next < 4096 {
        prefix[next] = UInt16(previous)
        suffix[next] = first
        lengths[next] = lengths[previous] + 1
        next += 1
        if next == 1 << width, width < 12 { width += 1 }
      }
      written += total
      previous = code
    }
    return output
  }
}
