import Foundation
import Readers
import Support
import TensorCore

/// The interaction dial: sequences in which space and time belong together as much as θ says, while everything
/// that space alone and time alone can tell stays the same.
///
///     X = √(1−θ) · A + √θ · B          θ ∈ [0, 1]
///
/// - A and B are independent Gaussian fields of mean 0 and variance 1 with one spatial covariance C(d), that of
///   `GaussianFields` with ``Options/slope`` and ``Options/largestScale``;
/// - B moves rigidly, B(r, t) = b(r − v t), over a torus larger than the frame and |v|·T together, so that nothing
///   comes back within a sequence: Cov B = C(d − v τ);
/// - A is separable in space and time with B's own autocorrelation of a pixel: Cov A = C(d) · C(v τ) / C(0).
///
/// Covariances mix linearly:
///
///     Cov X(d, τ) = (1−θ) · C(d) C(vτ)/C(0) + θ · C(d − vτ)
///
/// so both marginals are the same at every θ: C(d) at τ = 0, C(vτ) at d = 0. Only how space and time go together
/// changes. θ changes how well the next frames can be known too: ``WienerForecast`` gives the error of the best
/// linear forecast, against which scores on the dial are to be read.
public struct InteractionDial: Equatable, Sendable {
  public struct Options: Equatable, Codable, Sendable {
    /// How much of the variance moves rigidly, 0 to 1.
    public var theta = 0.5
    public var samples = 200
    public var frames = 16
    public var height = 32
    public var width = 32
    /// v in pixels a frame, downwards and to the right. Parts of a pixel are allowed.
    public var velocity = AdvectedCells.Wind(rows: 1, columns: 2)
    /// β of the spectrum.
    public var slope = 3.0
    /// L of the spectrum, in pixels.
    public var largestScale = 24.0

    public init() {}
  }

  public let options: Options
  public let seed: UInt64

  /// - Throws: `DataError` if an option is out of its range.
  public init(_ options: Options = Options(), seed: UInt64) throws {
    let sides = 2...1024
    guard options.theta >= 0, options.theta <= 1 else {
      throw DataError(
        .invalidOption, expected: "θ between 0 and 1", received: "\(options.theta)",
        remedy: "0 is separable, 1 moves rigidly.")
    }
    guard (1...1_000_000).contains(options.samples), (1...1024).contains(options.frames),
      sides.contains(options.height), sides.contains(options.width), options.slope >= 0, options.slope <= 8,
      options.largestScale >= 1, options.largestScale <= 1024, abs(options.velocity.rows) <= 256,
      abs(options.velocity.columns) <= 256
    else {
      throw DataError(
        .invalidOption,
        expected:
          "1 to 1,000,000 samples of 1 to 1024 frames of 2 to 1024 pixels a side, a slope of 0 to 8, a "
          + "largest scale of 1 to 1024 pixels, and at most 256 pixels a frame",
        received: "\(options)", remedy: "Change the option of the interaction dial.")
    }
    let (height, width) = Self.domain(options)
    guard height * width <= 1 << 24 else {
      throw DataError(
        .invalidOption, expected: "a moving domain of at most 16,777,216 pixels",
        received: "\(height)×\(width) for \(options.frames) frames at \(options.velocity)",
        remedy: "Use fewer frames, smaller ones, or a slower motion.")
    }
    self.options = options
    self.seed = seed
  }

  public var shape: FrameShape { FrameShape(height: options.height, width: options.width) }

  /// The sequences, each made when first looked at.
  public func events() -> [any FrameSource] {
    let maker = DialMaker(options)
    return (0..<options.samples).map { index in
      let random = RandomStream(seed: seed).substream("interaction dial").substream(index)
      return GeneratedEvent(count: options.frames, shape: shape, unit: .dimensionless) {
        maker.sequence(random)
      }
    }
  }

  /// The torus: larger than what a frame sees pass by, and by the reach of the covariance.
  static func domain(_ options: Options) -> (height: Int, width: Int) {
    func side(_ length: Int, _ speed: Double) -> Int {
      (length + Int((abs(speed) * Double(options.frames) + options.largestScale).rounded(.up)))
        .roundedUpToPowerOfTwo
    }
    return (
      side(options.height, options.velocity.rows), side(options.width, options.velocity.columns)
    )
  }

  /// Cov X(d, τ) between two pixels `rows` and `columns` apart and `frames` later.
  public func covariance(rows: Double, columns: Double, frames: Double) -> Double {
    let maker = DialMaker(options)
    let moved = (rows: options.velocity.rows * frames, columns: options.velocity.columns * frames)
    return (1 - options.theta) * maker.fields.covariance(rows: rows, columns: columns)
      * maker.fields.covariance(rows: moved.rows, columns: moved.columns) + options.theta
      * maker.fields.covariance(rows: rows - moved.rows, columns: columns - moved.columns)
  }
}

/// What all sequences of one dial share.
struct DialMaker: Sendable {
  let options: InteractionDial.Options
  let fields: GaussianFields
  /// C(vτ) / C(0) for τ = 0, 1, …
  let autocorrelation: [Double]
  private let timeFactor: SemidefiniteCholesky

  init(_ options: InteractionDial.Options) {
    self.options = options
    let domain = InteractionDial.domain(options)
    let fields = GaussianFields(
      height: domain.height, width: domain.width, slope: options.slope, largestScale: options.largestScale)
    self.fields = fields
    let velocity = options.velocity
    let correlation = (0..<options.frames).map {
      fields.covariance(rows: velocity.rows * Double($0), columns: velocity.columns * Double($0))
    }
    autocorrelation = correlation
    let n = options.frames
    timeFactor = SemidefiniteCholesky(
      (0..<n * n).map { correlation[abs($0 / n - $0 % n)] }, order: n)
  }

  /// All values of one sequence, `[time, height, width, 1]`.
  func sequence(_ random: RandomStream) -> [Float] {
    var values = [Double](repeating: 0, count: options.frames * options.height * options.width)
    if options.theta > 0 { addMoving(&values, random.substream("B")) }
    if options.theta < 1 { addSeparable(&values, random.substream("A")) }
    return values.map { Float($0) }
  }

  private func add(_ weight: Double, _ field: [Double], to values: inout [Double], frame: Int) {
    for row in 0..<options.height {
      for column in 0..<options.width {
        values[(frame * options.height + row) * options.width + column] +=
          weight * field[row * fields.width + column]
      }
    }
  }

  private func addMoving(_ values: inout [Double], _ random: RandomStream) {
    var random = random
    let spectrum = fields.spectrum(&random)
    func distance(_ frame: Int) -> (rows: Double, columns: Double) {
      (options.velocity.rows * Double(frame), options.velocity.columns * Double(frame))
    }
    for frame in stride(from: 0, to: options.frames, by: 2) {
      let pair = fields.moved(spectrum, by: distance(frame), and: distance(frame + 1))
      add(options.theta.squareRoot(), pair.real, to: &values, frame: frame)
      if frame + 1 < options.frames {
        add(options.theta.squareRoot(), pair.imaginary, to: &values, frame: frame + 1)
      }
    }
  }

  /// A(t) = Σ L(t, s) Z(s) with independent fields Z and L Lᵀ the autocorrelation.
  private func addSeparable(_ values: inout [Double], _ random: RandomStream) {
    var random = random
    let weight = (1 - options.theta).squareRoot()
    for source in stride(from: 0, to: options.frames, by: 2) {
      let pair = fields.pair(&random)
      for frame in source..<options.frames {
        let row = timeFactor.factor[frame * options.frames..<(frame + 1) * options.frames]
        add(weight * row[row.startIndex + source], pair.real, to: &values, frame: frame)
        if source + 1 <= frame {
          add(weight * row[row.startIndex + source + 1], pair.imaginary, to: &values, frame: frame)
        }
      }
    }
  }
}
