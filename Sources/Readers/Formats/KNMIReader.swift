import Foundation
import HDF5

/// Reads precipitation images of the Royal Netherlands Meteorological Institute (KNMI HDF5, versions 3.5 and
/// 3.6): one image a file, in `image1/image_data`.
///
/// Pixel values PV become accumulations by the text of `calibration_formulas`, such as `GEO=0.01*PV+0.0` (mm),
/// and rates by the length of the interval between `product_datetime_start` and `product_datetime_end`:
///
///     rate [mm/h] = (gain · PV + offset) · 60 / interval [minutes]
///
/// Pixels equal to `calibration_missing_data` or `calibration_out_of_image` are missing. A frame's time is the
/// end of its interval, in UTC.
///
/// Source: H. Roozekrans and I. Holleman, "KNMI HDF5 data format specification, v3.5", KNMI IR-2003-05.
public struct KNMIReader: FrameFileReader {
  private static let image = "image1"
  private static let pixels = "image1/image_data"
  private static let calibration = "image1/calibration"
  private static let geography = "geographic"

  public init() {}

  public var fileExtensions: [String] { ["h5", "hdf5", "hdf"] }

  public func header(of file: URL) throws -> FrameFileHeader {
    try HDF5File.readingData(file) { try Self.header(of: $0) }
  }

  public func frame(in file: URL) throws -> Frame {
    try HDF5File.readingData(file) { file in
      let header = try Self.header(of: file)
      let quantity = try Self.quantity(in: file)
      let formula = try Self.formula(in: file)
      let (noData, outside) = try Self.missingValues(in: file)
      let factor = try quantity.hoursFactor(interval: header.interval, file: file.path)
      let (pixels, _) = try file.integers(in: Self.pixels)
      let values = pixels.map { Float((formula.gain * Double($0) + formula.offset) * factor) }
      let mask = pixels.map { $0 != noData && $0 != outside }
      return try Frame(shape: header.shape, values: values, isValid: mask, time: header.time)
    }
  }

  // MARK: Parts of a file

  private static func header(of file: HDF5File) throws -> FrameFileHeader {
    // The calibration is looked at here too, so that a foreign file is refused when the folder is opened.
    _ = try quantity(in: file)
    _ = try formula(in: file)
    let start = try time("product_datetime_start", in: file)
    let end = try time("product_datetime_end", in: file)
    let interval = end.timeIntervalSince(start) / 60
    return FrameFileHeader(
      shape: try shape(in: file), time: end,
      interval: interval > 0 ? interval : nil, unit: .millimetresPerHour, grid: grid(in: file))
  }

  private static func time(_ name: String, in file: HDF5File) throws -> Date {
    let text = try file.string(name, of: "overview")
    guard let time = KNMITime.date(from: text) else {
      throw DataError(
        .badValue, file: file.path, expected: "a time like 26-AUG-2010;00:05:00.000 in overview@\(name)",
        received: "“\(text)”", remedy: "Check that the file is of this format.")
    }
    return time
  }

  private static func quantity(in file: HDF5File) throws -> KNMIQuantity {
    let text = try file.string("image_geo_parameter", of: image)
    guard let quantity = KNMIQuantity(parameter: text) else {
      throw DataError(
        .wrongType, file: file.path, expected: "precipitation in [MM] or [MM/H] in image_geo_parameter",
        received: "“\(text)”", remedy: "Pass accumulations or rates, not reflectivity or other products.")
    }
    return quantity
  }

  private static func formula(in file: HDF5File) throws -> KNMIFormula {
    let text = try file.string("calibration_formulas", of: calibration)
    guard let formula = KNMIFormula(text) else {
      throw DataError(
        .badValue, file: file.path, expected: "a formula like GEO=0.01*PV+0.0 in calibration_formulas",
        received: "“\(text)”", remedy: "Check that the file is of this format.")
    }
    return formula
  }

  /// The pixel values that mean “missing”; `nil` where the file names none.
  private static func missingValues(in file: HDF5File) throws -> (noData: Int64?, outside: Int64?) {
    func value(_ name: String) throws -> Int64? {
      guard file.hasAttribute(name, of: calibration) else { return nil }
      return try file.numbers(name, of: calibration).first.flatMap { Int64(exactly: $0) }
    }
    return (try value("calibration_missing_data"), try value("calibration_out_of_image"))
  }

  private static func shape(in file: HDF5File) throws -> FrameShape {
    let dimensions = try file.dimensions(of: pixels)
    guard dimensions.count == 2 else {
      throw DataError(
        .wrongShape, file: file.path, expected: "rows and columns in \(pixels)",
        received: "\(dimensions.count) axes", remedy: "Pass files with one image each.")
    }
    let names = ["geo_number_rows", "geo_number_columns"]
    for (name, length) in zip(names, dimensions) where file.hasAttribute(name, of: geography) {
      guard try file.numbers(name, of: geography).first == Double(length) else {
        throw DataError(
          .wrongShape, file: file.path, expected: "an image as large as \(geography)@\(name) says",
          received: "\(dimensions[0])×\(dimensions[1])", remedy: "The file is damaged: fetch it again.")
      }
    }
    return FrameShape(height: dimensions[0], width: dimensions[1])
  }

  /// The grid is an extra: what is absent or odd is left out, and the frame is still read.
  private static func grid(in file: HDF5File) -> GridMetadata? {
    guard file.exists(geography) else { return nil }
    var grid = GridMetadata()
    grid.projection = try? file.string("projection_proj4_params", of: geography + "/map_projection")
    if (try? file.string("geo_dim_pixel", of: geography)) == "KM,KM" {
      grid.pixelWidth = (try? file.numbers("geo_pixel_size_x", of: geography))?.first
      grid.pixelHeight = (try? file.numbers("geo_pixel_size_y", of: geography))?.first.map { abs($0) }
    }
    if let corners = try? file.numbers("geo_product_corners", of: geography), corners.count == 8 {
      grid.corners = (0..<4).map { .init(longitude: corners[2 * $0], latitude: corners[2 * $0 + 1]) }
    }
    return grid
  }
}

extension FrameFolder {
  /// The KNMI images below a folder, as a sequence of rain rates in mm/h.
  ///
  /// - Throws: as ``init(_:reader:)``.
  public static func knmi(_ folder: URL) throws -> FrameFolder {
    try FrameFolder(folder, reader: KNMIReader())
  }
}
