import Foundation
import HDF5

/// A format that data come in.
public enum DataFormat: String, Codable, Sendable, CaseIterable {
  /// HDF5 of the Dutch meteorological institute.
  case knmi
  /// Composites of OPERA and many weather services in ODIM_H5.
  case odim
  /// An array in an HDF5 file, by its path.
  case hdf5
  /// NetCDF by the CF conventions, classic or version 4.
  case netcdf
  /// Rain pictures of MeteoSwiss in GIF.
  case meteoswiss
  /// Composites of the Finnish institute in PGM.
  case fmi
  /// Composites of the German weather service.
  case radolan
  /// An array of NumPy.
  case npy
  /// Several arrays of NumPy.
  case npz
  /// The MNIST database's format.
  case idx
  /// PNG, JPEG, TIFF, BMP, WebP, PGM and GIF pictures, a frame each.
  case pictures
  /// Anything that FFmpeg opens.
  case video
  /// GeoTIFF and GRIB2, in builds with the trait GDAL.
  case gdal

  /// The names that `--reader` takes.
  public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  static let videoEndings: Set<String> = [
    "mp4", "m4v", "mov", "avi", "mkv", "webm", "mpg", "mpeg", "wmv", "flv", "ogv", "3gp", "ts",
  ]

  /// What a file is, by its ending and, where endings do not tell, by its first bytes; `nil` for files that are
  /// no data (texts, tables, hidden files).
  init?(file url: URL) {
    var name = url.lastPathComponent.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    let ending = (name as NSString).pathExtension
    switch ending {
    case "npy": self = .npy
    case "npz": self = .npz
    case "h5", "hdf5", "hdf", "he5": self = .hdf5
    case "nc", "nc4", "cdf", "netcdf": self = .netcdf
    case "grib2", "grb2", "grib", "grb": self = .gdal
    case "bin" where name.hasPrefix("raa01"): self = .radolan
    case _ where PictureFile.Format.endings[ending] != nil: self = .pictures
    case _ where Self.videoEndings.contains(ending): self = .video
    case "idx": self = .idx
    case _ where name.hasPrefix("raa01-") && name.hasSuffix("---bin"): self = .radolan
    case _ where name.hasSuffix("-ubyte") || name.contains(".idx"): self = .idx
    default: return nil
    }
  }

  /// What a file is, also by its contents where the ending does not tell all.
  static func detect(_ url: URL) throws -> DataFormat {
    if let known = DataFormat(file: url) { return try known.refined(url) }
    let start = try FileBytes.prefix(32, of: url)
    if start.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) { return .npy }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) { return try DataFormat.hdf5.refined(url) }
    if start.starts(with: Array("CDF".utf8)) { return .netcdf }
    if RADOLANReader.recognises(start) { return .radolan }
    throw DataError(
      .foreignFormat, file: url.path, expected: "data in one of the formats " + names,
      received: url.pathExtension.isEmpty
        ? "a file without an ending" : "a file ending in .\(url.pathExtension)",
      remedy: "Name the format by --reader, or convert the file.")
  }

  /// The kind of HDF5 file, GIF or PGM that a file is.
  func refined(_ url: URL) throws -> DataFormat {
    switch self {
    case .hdf5:
      return try HDF5File.readingData(url) { file in
        if file.exists("image1/image_data"), file.exists("overview") { return .knmi }
        return ODIMReader.recognises(file) ? .odim : .hdf5
      }
    case .pictures where PictureFile.Format(url) == .gif:
      let picture = try GIFFile(contentsOf: url)
      if MeteoSwissReader.recognises(picture) { return .meteoswiss }
      // A GIF of several pictures is a clip.
      return picture.images.count > 1 ? .video : .pictures
    case .pictures where PictureFile.Format(url) == .tiff && GDALReader.isAvailable:
      let tags = try? TIFFTags(FileBytes.read(url), file: url.path)
      return tags.map(\.isPlain) ?? false ? .pictures : .gdal
    case .pictures where PictureFile.Format(url) == .pgm:
      let head = try FileBytes.prefix(2, of: url)
      let data = FileBytes.isGzip(head) ? try FileBytes.read(url) : try FileBytes.prefix(4096, of: url)
      let picture = try? PNMFile(data: data, file: url.path)
      return picture.map { FMIReader.recognises($0.comments) } ?? false ? .fmi : .pictures
    default: return self
    }
  }

  /// What files of this format look like by their endings.
  var family: DataFormat {
    switch self {
    case .knmi, .odim: .hdf5
    case .meteoswiss, .fmi: .pictures
    default: self
    }
  }
}
