import Foundation
import SafeTensors

/// One tensor of each kind, with odd sizes so that alignment and order matter.
func sample() throws -> SafeTensorsFile {
  try SafeTensorsFile(
    entries: [
      SafeTensorsEntry("mask", shape: [1, 3], bools: [true, false, true]),
      SafeTensorsEntry("kernel", shape: [2, 3], floats: [1, -2, .infinity, .nan, 0.1, -0.0]),
      SafeTensorsEntry("steps", shape: [2], integers: [Int64.min, 7]),
      SafeTensorsEntry("classes", shape: [3], integers: [Int32](arrayLiteral: -1, 2, .max)),
      SafeTensorsEntry("palette", shape: [5], integers: [UInt8](arrayLiteral: 0, 1, 254, 255, 7)),
      SafeTensorsEntry("time", shape: [], doubles: [1 / 3]),
      SafeTensorsEntry("nothing", shape: [4, 0], floats: []),
    ], metadata: ["units": "mm/h", "note": "line\n\t\"quoted\" \\ µ 🌧 \u{1}", "": ""])
}

/// A file of the given header text, followed by `dataByteCount` zeros.
func file(header: String, dataByteCount: Int = 0) -> Data {
  file(header: Data(header.utf8), dataByteCount: dataByteCount)
}

func file(header: Data, dataByteCount: Int = 0) -> Data {
  var length = UInt64(header.count).littleEndian
  return withUnsafeBytes(of: &length) { Data($0) } + header + Data(count: dataByteCount)
}

/// A folder of its own, removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

let goldenURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Goldens/safetensors/mixed.safetensors")
