import Foundation

#if SQUALL_HAS_GDAL
  import CGDAL
#endif

/// Reads GeoTIFF and GRIB2 (MRMS among them) through GDAL, in builds with the package trait `GDAL`.
///
/// One band is a frame. Its scale, offset and no-data value are heeded; of rain, negative numbers are missing too, as
/// MRMS means them. The time is that of the GRIB message, of the TIFF tag `DateTime`, or in the name; the unit that of
/// the GRIB message, or `--unit`.
public struct GDALReader: FrameFileReader {
  private let options: DataOptions

  public init(options: DataOptions = DataOptions()) { self.options = options }

  public var fileExtensions: [String] { ["tif", "tiff", "grib2", "grb2", "grib", "grb", "gz"] }

  /// Whether this build has GDAL.
  public static var isAvailable: Bool {
    #if SQUALL_HAS_GDAL
      true
    #else
      false
    #endif
  }

  public func header(of file: URL) throws -> FrameFileHeader { try read(file, values: false).header }

  public func frame(in file: URL) throws -> Frame {
    let (header, values) = try read(file, values: true)
    return try Frame(shape: header.shape, values: values, time: header.time)
  }

  private func read(_ file: URL, values wantsValues: Bool) throws -> (
    header: FrameFileHeader, values: [Float]
  ) {
    #if SQUALL_HAS_GDAL
      _ = try FileBytes.count(of: file)
      Self.start
      let path = file.pathExtension.lowercased() == "gz" ? "/vsigzip/" + file.path : file.path
      guard let dataset = squall_gdal_open(path) else {
        throw Self.corrupt(file, "a GeoTIFF or GRIB file that GDAL opens")
      }
      defer { GDALClose(dataset) }
      let number = options.dataset.flatMap { Int32($0) } ?? 1
      let bands = GDALGetRasterCount(dataset)
      guard bands == 1 || options.dataset != nil, number >= 1, number <= bands,
        let band = GDALGetRasterBand(dataset, number)
      else {
        throw DataError(
          .missingObject, file: file.path, expected: "one band, or the number of one",
          received: "\(bands) bands", remedy: "Name it by --dataset, from 1 to \(bands).")
      }
      let (width, height) = (GDALGetRasterXSize(dataset), GDALGetRasterYSize(dataset))
      guard width > 0, height > 0, Int(width) * Int(height) <= 1 << 27 else {
        throw Self.corrupt(file, "a size of up to \(1 << 27) pixels")
      }
      let unit = options.unit ?? Self.unit(Self.item("GRIB_UNIT", band))
      guard let time = Self.time(band, dataset, file, options) else {
        throw DataError(
          .badValue, file: file.path, expected: "a time in the file or its name", received: "none",
          remedy: "Say where it stands in the name by --time-pattern.")
      }
      let header = FrameFileHeader(
        shape: FrameShape(height: Int(height), width: Int(width)), time: time, interval: options.interval,
        unit: unit.frameUnit, grid: Self.grid(dataset))
      guard wantsValues else { return (header, []) }
      var values = [Float](repeating: 0, count: Int(width) * Int(height))
      guard squall_gdal_read(band, width, height, &values) == 0 else {
        throw Self.corrupt(file, "whole values")
      }
      var hasNoData: Int32 = 0
      let noData = Float(GDALGetRasterNoDataValue(band, &hasNoData))
      let scale = options.gain ?? GDALGetRasterScale(band, nil)
      let offset = options.offset ?? GDALGetRasterOffset(band, nil)
      let missing = options.missing.map { Float($0) }
      let isRain = unit == .millimetres || unit == .millimetresPerHour
      for index in values.indices {
        let stored = values[index]
        if (hasNoData != 0 && stored == noData) || stored == missing || (isRain && stored < 0) {
          values[index] = .nan
        } else {
          values[index] = Float(Double(stored) * scale + offset)
        }
      }
      try unit.convert(&values, interval: options.interval, file: file.path)
      return (header, values)
    #else
      throw DataError(
        .unsupported, file: file.path, expected: "GDAL to read GeoTIFF and GRIB2",
        received: "a build without it",
        remedy:
          "Install libgdal-dev and build with --traits GDAL, or convert the file: gdal_translate -of netCDF.")
    #endif
  }

  #if SQUALL_HAS_GDAL
    private static let start: Void = {
      squall_gdal_be_silent()
      GDALAllRegister()
    }()

    private static func item(_ name: String, _ object: GDALMajorObjectH) -> String? {
      GDALGetMetadataItem(object, name, nil).map { String(cString: $0) }
    }

    private static func unit(_ text: String?) -> StoredUnit {
      let plain = text?.lowercased().filter { !"[] ".contains($0) }
      return switch plain {
      case "mm/h", "mm/hr": .millimetresPerHour
      case "mm", "kg/m^2", "kg/(m^2)": .millimetres
      case "dbz": .decibels
      default: .dimensionless
      }
    }

    private static func time(
      _ band: GDALRasterBandH, _ dataset: GDALDatasetH, _ file: URL, _ options: DataOptions
    ) -> Date? {
      if let text = options.timePattern {
        return (try? TimePattern(text))?.date(in: file.lastPathComponent)
      }
      if let text = item("GRIB_VALID_TIME", band), let match = text.firstMatch(of: /[0-9]+/),
        let seconds = Double(match.output)
      {
        return Date(timeIntervalSince1970: seconds)
      }
      if let text = item("TIFFTAG_DATETIME", dataset),
        let time = (try? TimePattern("%Y:%m:%d %H:%M:%S"))?.date(in: text)
      {
        return time
      }
      return TimePattern.times(in: [file.lastPathComponent])?.first
    }

    private static func grid(_ dataset: GDALDatasetH) -> GridMetadata {
      var grid = GridMetadata()
      if let text = GDALGetProjectionRef(dataset), text.pointee != 0,
        let reference = OSRNewSpatialReference(text)
      {
        var proj: UnsafeMutablePointer<CChar>?
        if OSRExportToProj4(reference, &proj) == 0, let proj { grid.projection = String(cString: proj) }
        VSIFree(proj)
        var transform = [Double](repeating: 0, count: 6)
        if OSRIsProjected(reference) != 0, GDALGetGeoTransform(dataset, &transform) == CE_None {
          grid.pixelWidth = abs(transform[1]) * OSRGetLinearUnits(reference, nil) / 1000
          grid.pixelHeight = abs(transform[5]) * OSRGetLinearUnits(reference, nil) / 1000
        }
        OSRDestroySpatialReference(reference)
      }
      return grid
    }

    private static func corrupt(_ file: URL, _ expected: String) -> DataError {
      DataError(
        .corrupt, file: file.path, expected: expected,
        received: "“\(CPLGetLastErrorMsg().map { String(cString: $0) } ?? "an error")”",
        remedy: "The file is truncated, damaged or of another format.")
    }
  #endif
}
