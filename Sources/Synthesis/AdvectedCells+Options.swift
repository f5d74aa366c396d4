import Readers

extension AdvectedCells {
  /// A drift in pixels a frame: `rows` downwards, `columns` to the right.
  public struct Wind: Equatable, Codable, Sendable {
    public var rows: Double
    public var columns: Double

    public init(rows: Double, columns: Double) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// Which pixels are measured.
  public enum Domain: String, CaseIterable, Codable, Sendable {
    /// All of them.
    case whole
    /// A disc that touches the nearer edges, as one radar sees.
    case disc

    func mask(of shape: FrameShape) -> [Bool]? {
      guard self == .disc else { return nil }
      let radius = Double(min(shape.height, shape.width)) / 2
      return (0..<shape.pixels).map { pixel in
        let y = Double(pixel / shape.width) + 0.5 - Double(shape.height) / 2
        let x = Double(pixel % shape.width) + 0.5 - Double(shape.width) / 2
        return y * y + x * x <= radius * radius
      }
    }
  }

  /// What the rain is like. See ``AdvectedCells`` for the equations.
  public struct Options: Equatable, Codable, Sendable {
    public var frames = 240
    public var height = 96
    public var width = 96
    /// Minutes between frames.
    public var step = 5.0
    public var wind = Wind(rows: 0.8, columns: 2.2)
    /// Ω: how far the pattern turns about the centre of the frame, in degrees a frame, clockwise.
    public var rotation = 0.0
    /// The share of pixels with rain, over the sequence.
    public var wetFraction = 0.25
    /// How long the largest cells stay alike, in minutes.
    public var lifetime = 120.0
    /// The longest wave in pixels.
    public var largestScale = 96.0
    /// The shortest wave in pixels.
    public var smallestScale = 6.0
    /// β: how steeply the power spectrum falls.
    public var spectralSlope = 3.0
    /// s: how much stronger the cores of cells are than their edges.
    public var contrast = 1.4
    /// K, the number of plane waves.
    public var waves = 256
    public var domain = Domain.whole

    public init() {}

    func check() throws {
      func require(_ holds: Bool, _ expected: String, _ received: String) throws {
        guard !holds else { return }
        throw DataError(
          .invalidOption, expected: expected, received: received,
          remedy: "Change the option of the generated rain.")
      }
      try require(frames >= 1 && frames <= 1_000_000, "1 to 1,000,000 frames", "\(frames)")
      try require(
        height >= 1 && width >= 1 && height <= 8192 && width <= 8192, "a height and width of 1 to 8192",
        "\(height)×\(width)")
      try require(step > 0 && step.isFinite, "a positive step in minutes", "\(step)")
      try require(wind.rows.isFinite && wind.columns.isFinite, "a finite wind", "\(wind)")
      try require(abs(rotation) <= 90, "a rotation of at most 90° a frame", "\(rotation)")
      try require(wetFraction > 0 && wetFraction < 1, "a wet fraction between 0 and 1", "\(wetFraction)")
      try require(lifetime > 0, "a positive lifetime in minutes", "\(lifetime)")
      try require(
        smallestScale >= 2 && smallestScale < largestScale && largestScale.isFinite,
        "scales of at least 2 pixels, the largest above the smallest", "\(smallestScale) to \(largestScale)")
      try require(spectralSlope.isFinite, "a finite spectral slope", "\(spectralSlope)")
      try require(contrast > 0 && contrast <= 4, "a contrast above 0 and up to 4", "\(contrast)")
      try require(waves >= 16 && waves <= 65536, "16 to 65,536 waves", "\(waves)")
    }
  }
}
