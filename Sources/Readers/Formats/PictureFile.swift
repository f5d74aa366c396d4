import Foundation
import VideoFiles

/// Pictures as frames: PNG, JPEG, TIFF, BMP and WebP through FFmpeg; GIF and PGM by readers of our own.
struct PictureFile: Sendable {
  /// The formats, by what their files end in.
  enum Format: String, Sendable, CaseIterable {
    case png, jpeg, tiff, bmp, webp, gif, pgm

    static let endings: [String: Format] = [
      "png": .png, "jpg": .jpeg, "jpeg": .jpeg, "tif": .tiff, "tiff": .tiff, "bmp": .bmp, "webp": .webp,
      "gif": .gif, "pgm": .pgm, "ppm": .pgm, "pnm": .pgm,
    ]

    init?(_ url: URL) {
      var ending = url.pathExtension.lowercased()
      if ending == "gz" { ending = url.deletingPathExtension().pathExtension.lowercased() }
      guard let format = Self.endings[ending] else { return nil }
      self = format
    }

    var codec: PictureCodec? { PictureCodec(rawValue: rawValue) }
  }

  /// Whole numbers as stored, `[height, width, channels]`.
  struct Values: Sendable {
    var shape: FrameShape
    var numbers: [Float]
    /// The number that stands for white.
    var maximum: Float
  }

  /// Decodes a file; with `grey`, colours become brightness.
  ///
  /// - Throws: ``DataError`` if the file is damaged, of another format, or would be read wrongly.
  static func read(_ url: URL, grey: Bool) throws -> Values {
    guard let format = Format(url) else {
      throw DataError(
        .foreignFormat, file: url.path,
        expected: "a picture ending in " + Format.endings.keys.sorted().joined(separator: ", "),
        received: url.lastPathComponent, remedy: "Convert the picture, say to PNG.")
    }
    let data = try FileBytes.read(url)
    guard !data.isEmpty else {
      throw DataError(
        .corrupt, file: url.path, expected: "a picture", received: "an empty file",
        remedy: "Fetch it again.")
    }
    switch format {
    case .pgm: return try greyed(netpbm(data, url.path), grey)
    case .gif: return try greyed(gif(data, url.path), grey)
    default:
      guard let codec = format.codec else { throw ByteParser(data, file: url.path).foreign("a picture") }
      if format == .tiff { try TIFFTags(data, file: url.path).refuseWhatFFmpegReadsWrongly() }
      let picture = try videoErrors {
        try PictureDecoder.decode([UInt8](data), codec: codec, colour: .asStored, file: url.path)
      }
      return greyed(Values(picture), grey)
    }
  }

  private static func netpbm(_ data: Data, _ file: String) throws -> Values {
    let picture = try PNMFile(data: data, file: file)
    return Values(
      shape: FrameShape(height: picture.height, width: picture.width, channels: picture.channels),
      numbers: try picture.values().map(Float.init), maximum: Float(picture.maximum))
  }

  private static func gif(_ data: Data, _ file: String) throws -> Values {
    let picture = try GIFFile(data: data, file: file)
    guard picture.images.count == 1 else {
      throw DataError(
        .wrongShape, file: file, expected: "one picture in a file among others",
        received: "\(picture.images.count)", remedy: "Pass an animated GIF by itself: it is a clip.")
    }
    if let values = try plain(picture) { return values }
    var values = Values(shape: FrameShape(height: 1, width: 1), numbers: [], maximum: 255)
    try picture.canvases {
      values = Values(rgb: $0, width: picture.width, height: picture.height, picture.isGrey)
    }
    return values
  }

  /// A picture that fills its canvas without holes, straight from its palette.
  private static func plain(_ gif: GIFFile) throws -> Values? {
    let image = gif.images[0]
    let palette = image.palette
    guard image.width == gif.width, image.height == gif.height, image.transparent == nil, palette.count == 256
    else { return nil }
    let isGrey = gif.isGrey
    let colours = palette.map { (Float($0.red), Float($0.green), Float($0.blue)) }
    let indices = try gif.indices(of: image)
    let channels = isGrey ? 1 : 3
    let numbers = [Float](unsafeUninitializedCapacity: indices.count * channels) { buffer, count in
      for (place, index) in indices.enumerated() {
        let colour = colours[Int(index)]
        buffer[place * channels] = colour.0
        if !isGrey { (buffer[place * 3 + 1], buffer[place * 3 + 2]) = (colour.1, colour.2) }
      }
      count = indices.count * channels
    }
    let shape = FrameShape(height: gif.height, width: gif.width, channels: channels)
    return Values(shape: shape, numbers: numbers, maximum: 255)
  }

  /// Brightness by the weights of ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
  static func greyed(_ values: Values, _ grey: Bool) -> Values {
    guard grey, values.shape.channels == 3 else { return values }
    var result = values
    result.shape.channels = 1
    result.numbers = (0..<values.shape.pixels).map {
      0.299 * values.numbers[3 * $0] + 0.587 * values.numbers[3 * $0 + 1] + 0.114 * values.numbers[3 * $0 + 2]
    }
    return result
  }
}

extension PictureFile.Values {
  init(_ picture: DecodedPicture) {
    let shape = FrameShape(height: picture.height, width: picture.width, channels: picture.channels)
    let numbers: [Float] =
      picture.bits == 8
      ? picture.bytes.map(Float.init)
      : (0..<shape.count).map {
        Float(UInt16(picture.bytes[2 * $0]) | UInt16(picture.bytes[2 * $0 + 1]) << 8)
      }
    self.init(shape: shape, numbers: numbers, maximum: Float(picture.maximum))
  }

  /// From red, green and blue; with `isGrey` only one of them, since they are alike.
  init(rgb: [UInt8], width: Int, height: Int, _ isGrey: Bool) {
    let shape = FrameShape(height: height, width: width, channels: isGrey ? 1 : 3)
    let numbers = isGrey ? (0..<width * height).map { Float(rgb[3 * $0]) } : rgb.map(Float.init)
    self.init(shape: shape, numbers: numbers, maximum: 255)
  }
}

/// Runs something that reads through FFmpeg; what is wrong is reported as a `DataError`.
func videoErrors<Result>(_ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as VideoError {
    let kind: DataError.Kind =
      switch error.kind {
      case .notFound: .notFound
      case .foreignFormat: .foreignFormat
      case .corrupt: .corrupt
      case .unsupported, .unwritable, .unavailable: .unsupported
      case .wrongShape: .wrongShape
      }
    throw DataError(
      kind, file: error.file, expected: error.expected, received: error.received, remedy: error.remedy)
  }
}
