import Foundation

/// Reads rain pictures of MeteoSwiss (products AQC and CPC in GIF): the palette index is a class of rain.
///
/// Index i from 2 to 250 is a half-decibel step of reflectivity that was turned into rain by Z = 316 R^1.5:
///
///     accumulation [mm] = (10^((i − 71.5) / 20) / 316)^(1 / 1.5)
///
/// over the minutes that the comment states as `ACCUm`. Indices 0 and 1 are dry, 255 is outside the radars' range, the
/// rest up to 254 draws borders and counts as dry, as in pysteps. The time (the end of the interval, in UTC) is in the
/// comment (`PRDT=AQC170310945`: year, day of the year, hour and minute) and in the name.
public struct MeteoSwissReader: FrameFileReader {
  public init() {}

  public var fileExtensions: [String] { ["gif"] }

  /// Millimetres for each palette index; NaN is missing.
  static let accumulations: [Float] = (0..<256).map { index in
    switch index {
    case 0, 1, 251...254: 0
    case 255: .nan
    default: Float(pow(pow(10, (Double(index) - 71.5) / 20) / 316, 1 / 1.5))
    }
  }

  /// Whether a GIF file says that it is of this kind.
  static func recognises(_ picture: GIFFile) -> Bool {
    picture.images.count == 1
      && picture.comments.contains { $0.contains("Meteoswiss") || $0.contains("MeteoSwiss") }
  }

  public func header(of file: URL) throws -> FrameFileHeader {
    try Picture(GIFFile(contentsOf: file), file).header
  }

  public func frame(in file: URL) throws -> Frame { try frame(GIFFile(contentsOf: file), file) }

  /// The frame in a file that has been read.
  func frame(_ gif: GIFFile, _ file: URL) throws -> Frame {
    let picture = try Picture(gif, file)
    let table = Self.accumulations.map { $0 * Float(60 / picture.interval) }
    let indices = try picture.gif.indices(of: picture.gif.images[0])
    return try Frame(
      shape: picture.header.shape, values: indices.map { table[Int($0)] }, time: picture.header.time)
  }

  private struct Picture {
    let gif: GIFFile
    let interval: Double
    let header: FrameFileHeader

    init(_ gif: GIFFile, _ file: URL) throws {
      self.gif = gif
      guard MeteoSwissReader.recognises(gif) else {
        throw DataError(
          .foreignFormat, file: file.path, expected: "one picture with a comment of MeteoSwiss",
          received: "\(gif.images.count) and “\(gif.comments.joined(separator: " ").prefix(80))”",
          remedy: "Read it as a picture: --reader pictures.")
      }
      let comment = gif.comments.joined(separator: " ")
      guard let product = comment.firstMatch(of: /PRDT=([A-Z]{3})([0-9]{9})/) else {
        throw Self.invalid(file, "PRDT=AQC170310945", comment)
      }
      guard ["AQC", "CPC"].contains(String(product.1)) else {
        throw DataError(
          .wrongType, file: file.path, expected: "the product AQC or CPC", received: String(product.1),
          remedy: "Other products have other classes.")
      }
      guard let time = try TimePattern("%y%j%H%M").date(in: String(product.2)) else {
        throw Self.invalid(file, "year, day, hour and minute", String(product.2))
      }
      // The same moment stands in the name; files get mixed up.
      if let name = file.lastPathComponent.firstMatch(of: /^[A-Z]{3}([0-9]{9})/), name.1 != product.2 {
        throw DataError(
          .badValue, file: file.path, expected: "the time \(product.2) of the comment in the name",
          received: String(name.1), remedy: "The file was renamed, or holds another picture: fetch it again.")
      }
      guard let minutes = comment.firstMatch(of: /ACCUm=([0-9]+)/).flatMap({ Double($0.1) }), minutes > 0
      else {
        throw Self.invalid(file, "ACCUm= and minutes", comment)
      }
      interval = minutes
      let image = gif.images[0]
      guard image.width == gif.width, image.height == gif.height else {
        throw Self.invalid(file, "a picture that fills the canvas", "\(image.height)×\(image.width)")
      }
      header = FrameFileHeader(
        shape: FrameShape(height: gif.height, width: gif.width), time: time, interval: minutes,
        unit: .millimetresPerHour, grid: gif.width == 710 && gif.height == 640 ? Self.grid : nil)
    }

    private static func invalid(_ file: URL, _ expected: String, _ received: String) -> DataError {
      DataError(
        .badValue, file: file.path, expected: "\(expected) in the comment",
        received: "“\(received.prefix(120))”", remedy: "Check that the file is of this format.")
    }

    /// The domain CCS4 of 710 by 640 km in Swiss coordinates, which the files do not state.
    private static let grid = GridMetadata(
      projection:
        "+proj=somerc +lon_0=7.43958333333333 +lat_0=46.9524055555556 +k_0=1 +x_0=600000 +y_0=200000 "
        + "+ellps=bessel +towgs84=674.374,15.056,405.346,0,0,0,0 +units=m +no_defs",
      pixelWidth: 1, pixelHeight: 1)
  }
}
