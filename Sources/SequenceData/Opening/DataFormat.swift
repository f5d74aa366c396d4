import Foundation

/// A format that data come in.
public enum DataFormat: String, Codable, Sendable, CaseIterable {
  /// HDF5 of the Dutch meteorological institute.
  case knmi
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
    case "h5", "hdf5", "hdf", "he5": self = .knmi
    case _ where PictureFile.Format.endings[ending] != nil: self = .pictures
    case _ where Self.videoEndings.contains(ending): self = .video
    case "idx": self = .idx
    case _ where name.hasSuffix("-ubyte") || name.contains(".idx"): self = .idx
    default: return nil
    }
  }

  /// What a file is, also by its contents where the ending says nothing.
  static func detect(_ url: URL) throws -> DataFormat {
    if let known = DataFormat(file: url) {
      // A GIF of several pictures is a clip.
      if known == .pictures, PictureFile.Format(url) == .gif, try GIFFile(contentsOf: url).images.count > 1 {
        return .video
      }
      return known
    }
    let start = try FileBytes.prefix(16, of: url)
    if start.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) { return .npy }
    if start.starts(with: [0x89, 0x48, 0x44, 0x46]) { return .knmi }
    throw DataError(
      .foreignFormat, file: url.path, expected: "data in one of the formats " + names,
      received: url.pathExtension.isEmpty
        ? "a file without an ending" : "a file ending in .\(url.pathExtension)",
      remedy: "Name the format by --reader, or convert the file.")
  }
}
