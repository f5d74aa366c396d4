import Foundation

/// The parsers of this module on bytes in memory, for tests that change them at random.
package enum HostileFiles {
  /// Reads everything that a file of this name would hold; the result is how many numbers that were.
  package static func read(_ data: Data, name: String) throws -> Int {
    if name.hasSuffix(".nc") {
      let store = try ClassicNetCDF(data, file: name)
      let options = DataOptions()
      let field = try NetCDFFile(store, options: options)
      let array = try field.array(options)
      guard array.frames <= 1000, array.frameShape.count <= 1 << 20 else { return 0 }
      return try (0..<array.frames).reduce(0) {
        $0 + (try array.frame(sample: 0, time: $1, date: nil)).values.count
      }
    }
    if name.hasSuffix(".gif") {
      let picture = try GIFFile(data: data, file: name)
      guard picture.width * picture.height <= 1 << 16 else { return 0 }
      if name.contains("rain") {
        return try MeteoSwissReader().frame(picture, URL(filePath: name)).values.count
      }
      var count = 0
      try picture.canvases { count += $0.count }
      return count
    }
    if name.hasSuffix(".tif") {
      let tags = try TIFFTags(data, file: name)
      try tags.refuseWhatFFmpegReadsWrongly()
      return 1
    }
    if name.hasSuffix(".csv") { return try ClipLabels(table: data, file: name).count }
    if name.hasSuffix(".txt") { return moments(String(decoding: data, as: UTF8.self)) }
    if name.contains("raa01") { return try RADOLANReader().frame(data, file: name).values.count }
    if name.contains("idx") {
      let array = try IDXFile(data: data, file: name)
      return array.floats(0..<array.count).count
    }
    let picture = try PNMFile(data: data, file: name)
    if name.contains("fmi"), picture.width * picture.height <= 1 << 16 {
      return try FMIReader().frame(data, file: name).values.count
    }
    guard picture.width * picture.height <= 1 << 16 else { return 0 }
    return try picture.values().count
  }

  /// What readers find in the texts inside files: units of time, calibrations, dates. Nothing found is no error.
  private static func moments(_ text: String) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var found = TimePattern.times(in: lines)?.count ?? 0
    for line in lines {
      if let time = CFTime(line), time.date(1e9) != nil { found += 1 }
      if KNMIFormula(line) != nil { found += 1 }
      if KNMITime.date(from: line) != nil { found += 1 }
      if KNMIQuantity(parameter: line) != nil { found += 1 }
      if (try? TimePattern(line))?.date(in: line) != nil { found += 1 }
    }
    return found
  }

  package static func inflated(_ data: Data) throws -> Data { try FileBytes.inflated(data, file: "") }
}
