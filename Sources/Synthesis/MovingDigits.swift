import Readers
import TensorCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Moving digits (Srivastava, Mansimov and Salakhutdinov 2015, "Unsupervised learning of video representations using
/// LSTMs"): digits glide over a black frame at a constant speed in directions of their own, and bounce off its
/// edges.
///
/// The upper left corner of a digit of h×w pixels in a frame of H×W is at
///
///     y(t) = fold(y₀ + s·t·sin φ, H − h)      x(t) = fold(x₀ + s·t·cos φ, W − w)
///
/// rounded to whole pixels, where fold reflects at 0 and at the limit, φ is even in 0 … 2π, (x₀, y₀) even in the
/// room there is, and s the ``speed``. Where digits overlap the brighter one is seen.
public struct MovingDigits: Equatable, Sendable {
  public var samples = 200
  public var frames = 20
  public var height = 64
  public var width = 64
  /// Digits in a sequence.
  public var digits = 2
  /// Pixels a frame; a tenth of the room of a digit of 28 pixels in a frame of 64, as in the paper's data.
  public var speed = 3.6

  public init() {}

  /// The sequences, each made when first looked at.
  ///
  /// - Throws: `DataError` if an option is out of its range or the digits do not fit the frame.
  public func events(of images: DigitImages, seed: UInt64) throws -> [any FrameSource] {
    guard (1...1_000_000).contains(samples), (1...10_000).contains(frames), (1...16).contains(digits),
      speed >= 0, speed.isFinite, height <= 4096, width <= 4096
    else {
      throw DataError(
        .invalidOption,
        expected:
          "1 to 1,000,000 samples of 1 to 10,000 frames up to 4096 pixels a side, 1 to 16 digits and a "
          + "speed of 0 or more", received: "\(self)", remedy: "Change the option of the moving digits.")
    }
    guard images.height <= height, images.width <= width, images.count > 0 else {
      throw DataError(
        .invalidOption,
        expected: "frames of at least \(images.height)×\(images.width), the size of the digits",
        received: "\(height)×\(width)", remedy: "Choose larger frames or smaller digits.")
    }
    let root = RandomStream(seed: seed).substream("moving digits")
    return (0..<samples).map { sample in
      GeneratedEvent(
        count: frames, shape: FrameShape(height: height, width: width), unit: .brightness
      ) { sequence(images, root.substream(sample)) }
    }
  }

  /// Which pictures a sequence shows, in the order in which they were drawn.
  public func pictures(of sample: Int, among images: DigitImages, seed: UInt64) -> [Int] {
    var random = RandomStream(seed: seed).substream("moving digits").substream(sample)
    return (0..<digits).map { _ in Flight(images, self, &random).picture }
  }

  private struct Flight {
    let picture: Int
    let row: Double
    let column: Double
    let rows: Double
    let columns: Double

    init(_ images: DigitImages, _ digits: MovingDigits, _ random: inout RandomStream) {
      picture = random.integer(below: images.count)
      row = Double(random.uniform()) * Double(digits.height - images.height)
      column = Double(random.uniform()) * Double(digits.width - images.width)
      let direction = 2 * Double.pi * Double(random.uniform())
      rows = digits.speed * sin(direction)
      columns = digits.speed * cos(direction)
    }
  }

  private func sequence(_ images: DigitImages, _ random: RandomStream) -> [Float] {
    var random = random
    let flights = (0..<digits).map { _ in Flight(images, self, &random) }
    var values = [Float](repeating: 0, count: frames * height * width)
    for frame in 0..<frames {
      for flight in flights {
        let top = Self.fold(flight.row + flight.rows * Double(frame), height - images.height)
        let left = Self.fold(flight.column + flight.columns * Double(frame), width - images.width)
        for row in 0..<images.height {
          let from = (flight.picture * images.height + row) * images.width
          let to = (frame * height + top + row) * width + left
          for column in 0..<images.width {
            values[to + column] = max(values[to + column], images.values[from + column])
          }
        }
      }
    }
    return values
  }

  /// A place on the line, reflected at 0 and at the limit, in whole pixels.
  static func fold(_ place: Double, _ limit: Int) -> Int {
    guard limit > 0 else { return 0 }
    let period = 2 * Double(limit)
    let inside = place - period * (place / period).rounded(.down)
    return min(limit, max(0, Int((inside <= Double(limit) ? inside : period - inside).rounded())))
  }
}
