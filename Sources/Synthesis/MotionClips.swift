import Foundation
import Readers
import TensorCore

/// Generated clips for classification: bright blobs on a torus, and the class is the direction in which they
/// move.
///
/// A scene is a set of Gaussian blobs with random places, widths and brightnesses,
///
///     I(r, t) = max over blobs of b · exp(−|r − r₀ − v t|² / 2w²) + noise
///
/// with r − r₀ − v t taken on the torus. Every scene is filmed once per direction, with the same first frame but
/// for the noise: no single frame tells the classes apart, only the motion does. Scenes are the groups of
/// `LabeledClips`, so a split by group keeps all films of a scene together.
public struct MotionClips: Equatable, Sendable {
  /// Where the blobs go; up is towards row 0.
  public enum Direction: String, CaseIterable, Codable, Sendable {
    case right, left, up, down
    case rightUp = "right-up"
    case rightDown = "right-down"
    case leftUp = "left-up"
    case leftDown = "left-down"

    /// The four along the axes.
    public static let straight: [Direction] = [.right, .left, .up, .down]

    /// A unit vector (rows, columns).
    public var vector: (rows: Double, columns: Double) {
      let half = 0.5.squareRoot()
      return switch self {
      case .right: (0, 1)
      case .left: (0, -1)
      case .up: (-1, 0)
      case .down: (1, 0)
      case .rightUp: (-half, half)
      case .rightDown: (half, half)
      case .leftUp: (-half, -half)
      case .leftDown: (half, -half)
      }
    }
  }

  public var scenes = 60
  public var frames = 8
  public var height = 24
  public var width = 24
  /// The classes.
  public var directions = Direction.straight
  /// Pixels a frame.
  public var speed = 1.5
  /// Blobs in a scene.
  public var blobs = 2
  /// The standard deviation of normal noise on every pixel; blobs are up to 1 bright.
  public var noise = 0.1

  public init() {}

  /// Makes the clips: scene by scene, and within a scene one per direction.
  ///
  /// - Throws: `DataError` if an option is out of its range.
  public func clips(seed: UInt64) throws -> LabeledClips {
    try check()
    let root = RandomStream(seed: seed).substream("motion clips")
    var values: [Float] = []
    values.reserveCapacity(scenes * directions.count * frames * height * width)
    for scene in 0..<scenes {
      var random = root.substream(scene)
      let blobs = (0..<self.blobs).map { _ in Blob(height: height, width: width, &random) }
      for direction in directions { append(blobs, moving: direction, to: &values, &random) }
    }
    return try LabeledClips(
      values: values, frames: frames, shape: FrameShape(height: height, width: width),
      labels: (0..<scenes).flatMap { _ in directions.indices }, classNames: directions.map(\.rawValue),
      groups: (0..<scenes).flatMap { scene in directions.map { _ in scene } }, unit: .brightness)
  }

  private struct Blob {
    let row: Double
    let column: Double
    let width: Double
    let brightness: Double

    init(height: Int, width: Int, _ random: inout RandomStream) {
      row = Double(random.uniform()) * Double(height)
      column = Double(random.uniform()) * Double(width)
      self.width = Double(min(height, width)) * Double(random.uniform(0.06, 0.12))
      brightness = Double(random.uniform(0.6, 1))
    }
  }

  private func append(
    _ blobs: [Blob], moving direction: Direction, to values: inout [Float], _ random: inout RandomStream
  ) {
    let vector = direction.vector
    for frame in 0..<frames {
      let rows = speed * Double(frame) * vector.rows
      let columns = speed * Double(frame) * vector.columns
      for row in 0..<height {
        for column in 0..<width {
          var brightest = 0.0
          for blob in blobs {
            let y = wrapped(Double(row) - blob.row - rows, Double(height))
            let x = wrapped(Double(column) - blob.column - columns, Double(width))
            let value = blob.brightness * exp(-(y * y + x * x) / (2 * blob.width * blob.width))
            brightest = max(brightest, value)
          }
          values.append(Float(brightest) + Float(noise) * random.normal())
        }
      }
    }
  }

  /// A distance on a circle, in −length/2 … length/2.
  private func wrapped(_ distance: Double, _ length: Double) -> Double {
    distance - length * (distance / length).rounded()
  }

  private func check() throws {
    let isSane =
      scenes >= 1 && frames >= 2 && height >= 2 && width >= 2 && blobs >= 1 && noise >= 0 && noise.isFinite
    guard isSane, speed > 0, speed.isFinite, directions.count >= 2,
      Set(directions).count == directions.count
    else {
      throw DataError(
        .invalidOption,
        expected:
          "one scene or more of two frames or more, two pixels or more, one blob or more, two or more "
          + "different directions, a positive speed and no negative noise",
        received: "\(self)", remedy: "Change the option of the generated clips.")
    }
  }
}
