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
      var count = 0
      try picture.canvases { count += $0.count }
      return count
    }
    if name.contains("raa01") { return try RADOLANReader().frame(data, file: name).values.count }
    if name.contains("idx") {
      let array = try IDXFile(data: data, file: name)
      return array.floats(0..<array.count).count
    }
    let picture = try PNMFile(data: data, file: name)
    guard picture.width * picture.height <= 1 << 16 else { return 0 }
    return try picture.values().count
  }

  package static func inflated(_ data: Data) throws -> Data { try FileBytes.inflated(data, file: "") }
}
