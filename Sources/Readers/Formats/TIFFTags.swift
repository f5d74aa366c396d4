import Foundation

/// What the first directory of a TIFF file says about its layout, to refuse what FFmpeg decodes to zeros or garbage.
struct TIFFTags {
  private var values: [Int: Int] = [:]
  private let file: String

  init(_ data: Data, file: String) throws {
    self.file = file
    var parser = ByteParser(data, file: file)
    let order = try parser.take(2)
    let isLittle = order.elementsEqual("II".utf8)
    guard isLittle || order.elementsEqual("MM".utf8) else { throw parser.foreign("a TIFF file") }
    func number(_ count: Int) throws -> Int {
      isLittle ? try parser.littleEndian(count) : try parser.bigEndian(count)
    }
    let version = try number(2)
    guard version == 42 else {
      throw version == 43
        ? unsupported("BigTIFF") : parser.foreign("a TIFF file")
    }
    parser.place = try number(4)
    guard parser.place < parser.bytes.count else { throw parser.ended("the first directory") }
    for _ in 0..<(try number(2)) {
      let tag = try number(2)
      let type = try number(2)
      _ = try number(4)
      // Values of two bytes lie at the start of their field, in either byte order.
      let value = type == 3 ? try number(2) : try number(4)
      if type == 3 { _ = try parser.take(2) }
      values[tag] = value
    }
  }

  /// Whether it is a picture and nothing more.
  var isPlain: Bool { (try? refuseWhatFFmpegReadsWrongly()) != nil }

  func refuseWhatFFmpegReadsWrongly() throws {
    if values[322] != nil || values[324] != nil { throw unsupported("pixels in tiles, as GeoTIFF has them") }
    if values[33550] != nil || values[34735] != nil {
      throw unsupported("a GeoTIFF, whose numbers are more than a picture")
    }
    if let format = values[339], format == 2 || format == 3 {
      throw unsupported("signed or floating-point numbers")
    }
  }

  private func unsupported(_ what: String) -> DataError {
    DataError(
      .unsupported, file: file, expected: "a plain TIFF picture in strips", received: what,
      remedy:
        "FFmpeg would give wrong values. Build with --traits GDAL, or convert: gdal_translate -of PNG or "
        + "-of netCDF.")
  }
}
