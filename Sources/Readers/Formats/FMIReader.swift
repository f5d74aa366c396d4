import Foundation

/// Reads radar composites of the Finnish Meteorological Institute (PGM, also gzip-compressed): reflectivity in half
/// decibels, with time and projection in the comments of the header.
///
///     reflectivity [dBZ] = (PV − 64) / 2,   rain [mm/h] = (10^(dBZ/10) / 223)^(1/1.53)
///
/// The Z–R relation is that of the institute (Leinonen et al. 2012). 0 is no echo; the largest number is missing.
public struct FMIReader: FrameFileReader {
  public init() {}

  public var fileExtensions: [String] { ["pgm", "gz"] }

  /// Whether the comments are those of this format.
  static func recognises(_ comments: [String]) -> Bool { comments.contains { $0.hasPrefix("obstime ") } }

  public func header(of file: URL) throws -> FrameFileHeader {
    try Self.header(PNMFile(data: FileBytes.read(file), file: file.path), file.path)
  }

  public func frame(in file: URL) throws -> Frame { try frame(FileBytes.read(file), file: file.path) }

  /// The frame in the bytes of an unpacked file.
  func frame(_ data: Data, file: String) throws -> Frame {
    let picture = try PNMFile(data: data, file: file)
    let header = try Self.header(picture, file)
    let table = (0...picture.maximum).map { value -> Float in
      if value == 0 { return 0 }
      if value == picture.maximum { return .nan }
      return Float(pow(pow(10, (Double(value) - 64) / 20) / 223, 1 / 1.53))
    }
    let values = try picture.values()
    guard values.allSatisfy({ $0 <= picture.maximum }) else {
      throw DataError(
        .corrupt, file: file, expected: "values up to \(picture.maximum)", received: "larger ones",
        remedy: "The file is damaged: fetch it again.")
    }
    return try Frame(shape: header.shape, values: values.map { table[Int($0)] }, time: header.time)
  }

  private static func header(_ picture: PNMFile, _ file: String) throws -> FrameFileHeader {
    var fields: [String: [String]] = [:]
    for comment in picture.comments {
      let words = comment.split(separator: " ").map(String.init)
      if words.count > 1, fields[words[0]] == nil { fields[words[0]] = Array(words.dropFirst()) }
    }
    guard picture.channels == 1, let text = fields["obstime"]?.first,
      let time = try TimePattern("%Y%m%d%H%M").date(in: text)
    else {
      throw DataError(
        .foreignFormat, file: file, expected: "a grey PGM picture with “# obstime YYYYMMDDhhmm”",
        received: "\(picture.comments.count) comments without it", remedy: "Read it by --reader pictures.")
    }
    if let parameter = fields["param"]?.first, !parameter.lowercased().contains("reflectivity") {
      throw DataError(
        .wrongType, file: file, expected: "reflectivity in the comment param", received: parameter,
        remedy: "Read it by --reader pictures with --unit, --gain and --offset.")
    }
    return FrameFileHeader(
      shape: FrameShape(height: picture.height, width: picture.width), time: time, unit: .millimetresPerHour,
      grid: grid(fields))
  }

  private static func grid(_ fields: [String: [String]]) -> GridMetadata {
    func number(_ name: String) -> Double? { fields[name]?.first.flatMap { Double($0) } }
    var grid = GridMetadata()
    if fields["type"]?.first == "stereographic", let longitude = fields["centrallongitude"]?.first,
      let latitude = fields["centrallatitude"]?.first, let truth = fields["truelatitude"]?.first
    {
      grid.projection =
        "+proj=stere +lon_0=\(longitude)E +lat_0=\(latitude)N +lat_ts=\(truth) +a=6371288 +x_0=380886.310 "
        + "+y_0=3395677.920 +no_defs"
    }
    grid.pixelWidth = number("metersperpixel_x").map { $0 / 1000 }
    grid.pixelHeight = number("metersperpixel_y").map { $0 / 1000 }
    // Lower left and upper right only, in this order.
    grid.corners = ["bottomleft", "topright"].compactMap { name in
      guard let pair = fields[name]?.compactMap({ Double($0) }), pair.count == 2 else { return nil }
      return .init(longitude: pair[0], latitude: pair[1])
    }
    return grid
  }
}
