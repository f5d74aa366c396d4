import Readers
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension DigitImages {
  /// Digits drawn with a round pen, for use without any file: each one is written `variants` times with a slant, a
  /// width and a size of its own.
  ///
  /// - Parameters:
  ///   - size: The side of a picture in pixels, at least 8.
  ///   - variants: How often each of the ten digits is written.
  ///   - seed: The seed of the handwriting.
  /// - Throws: `DataError` if a number is out of its range.
  public static func drawn(size: Int = 28, variants: Int = 20, seed: UInt64) throws -> DigitImages {
    guard (8...256).contains(size), (1...1000).contains(variants) else {
      throw DataError(
        .invalidOption, expected: "a size of 8 to 256 pixels and 1 to 1000 variants",
        received: "\(size) pixels, \(variants) variants", remedy: "Choose others.")
    }
    var random = RandomStream(seed: seed).substream("drawn digits")
    var values: [Float] = []
    var labels: [Int] = []
    for _ in 0..<variants {
      for digit in 0..<10 {
        let slant = Double(random.uniform(-0.25, 0.25))
        let height = Double(random.uniform(0.34, 0.4))
        let width = Double(random.uniform(0.8, 1.1)) * height
        let pen = Double(random.uniform(0.035, 0.06))
        let strokes = strokes[digit].map { stroke in
          stroke.map { point -> Point in
            Point(x: 0.5 + point.x * width - slant * point.y * height, y: 0.5 + point.y * height)
          }
        }
        values += picture(of: strokes, pen: pen, size: size)
        labels.append(digit)
      }
    }
    return DigitImages(values: values, height: size, width: size, labels: labels)
  }

  private struct Point {
    let x: Double
    let y: Double
  }

  /// The strokes of each digit in a box of −1 … 1, y downwards.
  private static let strokes: [[[Point]]] = [
    [arc(0, 0, 0.62, 1, from: 0, to: 360)],
    [[Point(x: -0.4, y: -0.6), Point(x: 0.05, y: -1), Point(x: 0.05, y: 1)]],
    [arc(0, -0.42, 0.6, 0.58, from: 190, to: 395) + [Point(x: -0.6, y: 1), Point(x: 0.65, y: 1)]],
    [arc(-0.05, -0.5, 0.58, 0.5, from: 200, to: 450), arc(-0.05, 0.48, 0.66, 0.52, from: 270, to: 520)],
    [[Point(x: 0.3, y: 1), Point(x: 0.3, y: -1), Point(x: -0.65, y: 0.35), Point(x: 0.7, y: 0.35)]],
    [
      [Point(x: 0.55, y: -1), Point(x: -0.45, y: -1), Point(x: -0.52, y: -0.15)],
      arc(-0.05, 0.38, 0.66, 0.62, from: 225, to: 510),
    ],
    [
      [Point(x: 0.35, y: -1), Point(x: -0.1, y: -0.72), Point(x: -0.45, y: -0.2), Point(x: -0.6, y: 0.4)],
      arc(0, 0.42, 0.6, 0.58, from: 0, to: 360),
    ],
    [[Point(x: -0.62, y: -1), Point(x: 0.62, y: -1), Point(x: -0.15, y: 1)]],
    [arc(0, -0.5, 0.5, 0.5, from: 0, to: 360), arc(0, 0.5, 0.6, 0.5, from: 0, to: 360)],
    [
      arc(0, -0.42, 0.6, 0.58, from: 0, to: 360),
      [Point(x: 0.6, y: -0.42), Point(x: 0.5, y: 0.2), Point(x: 0.05, y: 1)],
    ],
  ]

  /// A part of an ellipse; degrees from the right, clockwise.
  private static func arc(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, from start: Double, to end: Double
  ) -> [Point] {
    (0...16).map { step in
      let angle = (start + (end - start) * Double(step) / 16) * Double.pi / 180
      return Point(x: x + width * cos(angle), y: y + height * sin(angle))
    }
  }

  /// Ink falls off over one pixel at the edge of the pen.
  private static func picture(of strokes: [[Point]], pen: Double, size: Int) -> [Float] {
    let soft = 1 / Double(size)
    return (0..<size * size).map { pixel in
      let at = Point(
        x: (Double(pixel % size) + 0.5) / Double(size), y: (Double(pixel / size) + 0.5) / Double(size))
      var nearest = Double.infinity
      for stroke in strokes {
        for (a, b) in zip(stroke, stroke.dropFirst()) { nearest = min(nearest, distance(at, a, b)) }
      }
      return Float(min(1, max(0, (pen - nearest) / soft + 0.5)))
    }
  }

  /// From a point to a piece of a line.
  private static func distance(_ p: Point, _ a: Point, _ b: Point) -> Double {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = dx * dx + dy * dy
    let along = length > 0 ? min(1, max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0
    let (x, y) = (p.x - a.x - along * dx, p.y - a.y - along * dy)
    return (x * x + y * y).squareRoot()
  }
}
