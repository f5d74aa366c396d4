import Readers
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Generated clips for classification whose class is told by appearance only, by motion only, or by their
/// conjunction only: a shape glides over a torus in a direction.
///
///     I(r, t) = b · ink(r − r₀ − v t) + noise
///
/// With N classes there are N ``Shape``s and N directions, and each clip has one of each:
///
/// | ``Cue`` | class |
/// |---|---|
/// | appearance | the shape; directions are dealt out evenly in every class |
/// | motion | the direction; shapes are dealt out evenly in every class |
/// | conjunction | (shape + direction) mod N: in every class each shape and each direction is as frequent as in any other, so neither alone tells anything |
///
/// All shapes have the same area, the place r₀ is even on the torus and the brightness b even in 0.6 … 1, so a
/// single frame tells the shape and nothing of the direction. A scene is N clips, one of each class, with the same
/// place and brightness; scenes are the groups of `LabeledClips`.
public struct CuedClips: Equatable, Sendable {
  /// What tells the classes apart.
  public enum Cue: String, CaseIterable, Codable, Sendable {
    case appearance, motion, conjunction
  }

  /// What is seen. The order is that of the classes.
  public enum Shape: String, CaseIterable, Codable, Sendable {
    case disc, cross, ring, bars

    /// How far inside the edge a point is (negative: outside), in units of the shape's size; area π each.
    func depth(y: Double, x: Double) -> Double {
      let radius = (y * y + x * x).squareRoot()
      switch self {
      case .disc: return 1 - radius
      case .ring: return 0.5 - abs(radius - 1)
      case .cross: return max(min(0.4 - abs(y), 1.3 - abs(x)), min(0.4 - abs(x), 1.3 - abs(y)))
      case .bars: return min(0.4 - abs(abs(x) - 0.8), 1 - abs(y))
      }
    }

    /// The area of the shape above, which its size makes up for.
    var area: Double {
      switch self {
      case .disc: Double.pi
      case .ring: Double.pi * (1.5 * 1.5 - 0.5 * 0.5)
      case .cross: 2 * 0.8 * 2.6 - 0.8 * 0.8
      case .bars: 2 * 0.8 * 2
      }
    }
  }

  public var cue = Cue.conjunction
  /// N, 2 to 4.
  public var classes = 2
  public var scenes = 120
  public var frames = 8
  public var height = 24
  public var width = 24
  /// Pixels a frame.
  public var speed = 1.5
  /// The radius of the disc of the same area, as a share of the shorter side.
  public var size = 0.18
  /// The standard deviation of normal noise on every pixel.
  public var noise = 0.1

  public init(cue: Cue = .conjunction) { self.cue = cue }

  /// The directions in the order of the classes: opposite ones first.
  public static let directions: [MotionClips.Direction] = [.right, .left, .up, .down]

  /// The names of the classes.
  public var classNames: [String] {
    switch cue {
    case .appearance: Shape.allCases.prefix(classes).map(\.rawValue)
    case .motion: Self.directions.prefix(classes).map(\.rawValue)
    case .conjunction: (0..<max(0, classes)).map { "pairing-\($0)" }
    }
  }

  /// The shape and the direction of a clip. A scene deals out what the class leaves open by its number.
  package func content(of label: Int, scene: Int) -> (shape: Shape, direction: MotionClips.Direction) {
    let open = scene % classes
    let (shape, direction) =
      switch cue {
      case .appearance: (label, (open + label) % classes)
      case .motion: ((open + label) % classes, label)
      case .conjunction: (open, ((label - open) % classes + classes) % classes)
      }
    return (Shape.allCases[shape], Self.directions[direction])
  }

  /// Makes the clips: scene by scene, and within a scene one per class.
  ///
  /// - Throws: `DataError` if an option is out of its range.
  public func clips(seed: UInt64) throws -> LabeledClips {
    try check()
    let root = RandomStream(seed: seed).substream("cued clips")
    var values: [Float] = []
    values.reserveCapacity(scenes * classes * frames * height * width)
    for scene in 0..<scenes {
      var random = root.substream(scene)
      let row = Double(random.uniform()) * Double(height)
      let column = Double(random.uniform()) * Double(width)
      let brightness = Double(random.uniform(0.6, 1))
      for label in 0..<classes {
        let (shape, direction) = content(of: label, scene: scene)
        let vector = direction.vector
        for frame in 0..<frames {
          append(
            shape, row: row + speed * Double(frame) * vector.rows,
            column: column + speed * Double(frame) * vector.columns, brightness, to: &values, &random)
        }
      }
    }
    return try LabeledClips(
      values: values, frames: frames, shape: FrameShape(height: height, width: width),
      labels: (0..<scenes).flatMap { _ in 0..<classes }, classNames: classNames,
      groups: (0..<scenes).flatMap { scene in (0..<classes).map { _ in scene } }, unit: .brightness)
  }

  private func append(
    _ shape: Shape, row: Double, column: Double, _ brightness: Double, to values: inout [Float],
    _ random: inout RandomStream
  ) {
    let scale = size * Double(min(height, width)) * (Double.pi / shape.area).squareRoot()
    for y in 0..<height {
      for x in 0..<width {
        let depth = shape.depth(
          y: wrapped(Double(y) - row, Double(height)) / scale,
          x: wrapped(Double(x) - column, Double(width)) / scale)
        // The edge is a pixel wide.
        let ink = min(1, max(0, depth * scale + 0.5))
        values.append(Float(brightness * ink) + Float(noise) * random.normal())
      }
    }
  }

  /// A distance on a circle, in −length/2 … length/2.
  private func wrapped(_ distance: Double, _ length: Double) -> Double {
    distance - length * (distance / length).rounded()
  }

  private func check() throws {
    guard (2...4).contains(classes), scenes >= 1, frames >= 2, height >= 8, width >= 8, height <= 1024,
      width <= 1024, speed > 0, speed.isFinite, noise >= 0, noise.isFinite, size > 0.05, size < 0.4
    else {
      throw DataError(
        .invalidOption,
        expected:
          "2 to 4 classes, one scene or more of two frames or more, 8 to 1024 pixels a side, a size of "
          + "0.05 to 0.4, a positive speed and no negative noise", received: "\(self)",
        remedy: "Change the option of the generated clips.")
    }
  }
}
