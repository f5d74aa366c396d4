import Foundation
import NumPyFiles
import Readers

/// A folder of golden files.
package enum GoldenFiles {
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  package static func folder(_ name: String) -> URL { root.appendingPathComponent(name) }

  package static func json<Value: Decodable>(_ path: String, as _: Value.Type) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: root.appendingPathComponent(path)))
  }
}

/// A binary PGM picture whose numbers start at `first` and go up by one.
package func pgm(height: Int, width: Int, first: Int = 0, maximum: Int = 255, comments: [String] = []) -> Data
{
  var data = Data("P5\n".utf8)
  for comment in comments { data += Data("# \(comment)\n".utf8) }
  data += Data("\(width) \(height)\n\(maximum)\n".utf8)
  for index in 0..<height * width {
    let value = (first + index) % (maximum + 1)
    if maximum > 255 { data.append(UInt8(value >> 8)) }
    data.append(UInt8(value & 255))
  }
  return data
}

/// An IDX file of bytes.
package func idx(shape: [Int], _ bytes: [UInt8]) -> Data {
  var data = Data([0, 0, 8, UInt8(shape.count)])
  for length in shape { data += Data([24, 16, 8, 0].map { UInt8(length >> $0 & 255) }) }
  return data + Data(bytes)
}

/// An array whose element at (i, j, …) is 1000 i + 100 j + 10 k + l … for its last axes.
package func countingArray(_ shape: [Int]) throws -> NumPyArray {
  let weights: [Float] = [10000, 1000, 100, 10, 1].suffix(shape.count)
  let count = shape.reduce(1, *)
  return try NumPyArray(
    shape: shape,
    floats: (0..<count).map { number in
      var (rest, value) = (number, Float(0))
      for axis in shape.indices.reversed() {
        value += weights[axis] * Float(rest % shape[axis])
        rest /= shape[axis]
      }
      return value
    })
}

extension OpenedData {
  package var events: [any FrameSource] { if case .events(let events) = self { events } else { [] } }
  package var clips: LabeledClips? { if case .clips(let clips) = self { clips } else { nil } }
}
