import Foundation

/// The data files below a folder, by the folder that holds them directly.
struct DataFolder {
  let root: URL
  /// Relative folders (as lists of names) and their files, both in natural order.
  let groups: [(path: [String], files: [URL])]
  let format: DataFormat

  var files: [URL] { groups.flatMap(\.files) }

  /// Walks through a folder; hidden files are left out, links to files and folders are followed once.
  ///
  /// - Throws: ``DataError`` if nothing below it is data, or several formats are mixed.
  init(_ folder: URL, options: DataOptions) throws {
    let family: DataFormat
    root = folder.resolvingSymlinksInPath()
    var found: [[String]: [(name: String, format: DataFormat)]] = [:]
    try Self.walk(root, [], &found)
    var counts: [DataFormat: Int] = [:]
    for file in found.values.joined() { counts[file.format, default: 0] += 1 }
    if let reader = options.reader {
      // Files of a declared format keep their endings; others are left alone.
      family = reader
    } else {
      guard let most = counts.max(by: { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }) else {
        throw DataError(
          .noFrames, file: folder.path, expected: "data in one of the formats " + DataFormat.names,
          received: "none below the folder",
          remedy: "Point at the folder that holds the frames, or name the format by --reader.")
      }
      guard counts.count == 1 else {
        let parts = counts.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key.rawValue)" }
        throw DataError(
          .foreignFormat, file: folder.path, expected: "files of one format",
          received: parts.joined(separator: " and "),
          remedy: "Name the one to read by --reader, or point at the folder that holds it.")
      }
      family = most.key
    }
    groups = found.sorted { a, b in
      NaturalOrder.isBefore(a.key.joined(separator: "/"), b.key.joined(separator: "/"))
    }
    .compactMap { path, files in
      let folder = path.reduce(folder) { $0.appendingPathComponent($1, isDirectory: true) }
      let names = files.filter { family.takes($0.format) }.map(\.name).sorted(by: NaturalOrder.isBefore)
      return names.isEmpty ? nil : (path, names.map { folder.appendingPathComponent($0, isDirectory: false) })
    }
    guard let first = groups.first?.files.first else {
      throw DataError(
        .noFrames, file: folder.path, expected: "files of the format \(family.rawValue)",
        received: counts.isEmpty
          ? "none" : counts.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", "),
        remedy: "Point at the folder that holds them, or leave --reader out.")
    }
    format =
      try options.reader ?? Self.refined(family, groups.flatMap(\.files), first, skips: options.skipBad)
  }

  /// The kind that the first file is; under `skipBad` the first that tells.
  private static func refined(
    _ family: DataFormat, _ files: [URL], _ first: URL, skips: Bool
  ) throws -> DataFormat {
    guard skips else { return try family.refined(first) }
    for file in files.prefix(100) { if let format = try? family.refined(file) { return format } }
    return family
  }

  private static func walk(
    _ folder: URL, _ path: [String], _ found: inout [[String]: [(name: String, format: DataFormat)]]
  ) throws {
    guard path.count <= 32 else { return }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
      throw DataError(
        .notFound, file: folder.path, expected: "a folder that can be read",
        received: error.localizedDescription, remedy: "Check its permissions.")
    }
    if names.contains(where: { [".zarray", ".zgroup", ".zmetadata", "zarr.json"].contains($0) }) {
      throw DataError(
        .unsupported, file: folder.path, expected: "files that can be read rightly", received: "a Zarr store",
        remedy: "Compressed Zarr is read wrongly by the libraries at hand. Convert it, in Python: "
          + "xarray.open_zarr(…).to_netcdf(…) or numpy.save.")
    }
    for name in names where !name.hasPrefix(".") {
      // Said to be no folder, so that Foundation does not look at each of 100,000 files.
      let url = folder.appendingPathComponent(name, isDirectory: false)
      // Only names without an ending of ours are looked at again: 100,000 files are one listing, not as many calls.
      if let format = DataFormat(file: url) {
        found[path, default: []].append((name, format))
        continue
      }
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
        try walk(url, path + [name], &found)
      }
    }
  }
}

extension DataFormat {
  /// Whether a file that looks like `other` is read by this format.
  func takes(_ other: DataFormat) -> Bool { family == other.family || (self == .gdal && other == .pictures) }
}
