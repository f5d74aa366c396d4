import Foundation
import Readers

/// Frames whose every value tells where it comes from: 1000·frame + 10·row + column (+ 0.5·channel), with
/// chosen pixels missing.
package func countingSource(
  frames: Int, height: Int, width: Int, channels: Int = 1, minutes: [Double]? = nil,
  unit: PhysicalUnit = .millimetresPerHour, missing: (_ row: Int, _ column: Int) -> Bool = { _, _ in false }
) throws -> FrameArray {
  let shape = FrameShape(height: height, width: width, channels: channels)
  return try FrameArray(
    (0..<frames).map { index in
      let pixels = (0..<height).flatMap { row in (0..<width).map { (row: row, column: $0) } }
      return try Frame(
        shape: shape,
        values: pixels.flatMap { pixel in
          (0..<channels).map {
            Float(1000 * index + 10 * pixel.row + pixel.column) + 0.5 * Float($0)
          }
        },
        isValid: pixels.flatMap { pixel in
          [Bool](repeating: !missing(pixel.row, pixel.column), count: channels)
        },
        time: minutes.map { Date(timeIntervalSince1970: $0[index] * 60) })
    }, unit: unit)
}

/// Runs something that must throw, and returns what it threw.
package func dataError<Result>(_ body: () throws -> Result) -> DataError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? DataError
  }
}
