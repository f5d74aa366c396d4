import Readers
import Sampling

/// What data look like to a model: how often a frame comes, how large a pixel is, how much of the area is wet and how
/// strongly. Stored with a model, it tells whether other data are of the kind that the model was trained on.
public struct DataProfile: Codable, Equatable, Sendable {
  /// A quantile of the values above ``DataProfile/wetThreshold``.
  public struct Quantile: Codable, Equatable, Sendable {
    public var level: Double
    public var value: Double
  }

  public var unit: PhysicalUnit
  /// Minutes between frames, where known.
  public var interval: Double?
  /// Kilometres of a pixel as the model sees it, where known.
  public var pixelWidth: Double?
  public var pixelHeight: Double?
  /// Pixels of a frame as the model sees it.
  public var height: Int
  public var width: Int
  /// A pixel is wet above (`>`) this.
  public var wetThreshold: Float
  /// The share of the valid pixels that is wet; `nil` where no pixel is valid.
  public var wetShare: Double?
  /// Of the wet values; none where there are fewer than ``enough``.
  public var quantiles: [Quantile]
  /// Frames and valid pixels that were measured.
  public var frames: Int
  public var pixels: Int

  /// The levels of the quantiles.
  public static let levels = [0.5, 0.9, 0.99, 0.999]
  /// The fewest wet values that quantiles are taken of.
  public static let enough = 100
  /// The most frames, and the most pixels of each, that are measured; both are spread evenly.
  public static let maximumFrames = 64
  public static let maximumPixels = 16_384

  /// Measures frames.
  ///
  /// - Parameters:
  ///   - source: The frames as a model sees them, averaged. The first channel counts.
  ///   - indices: Which of them, such as the training part.
  /// - Throws: What reading throws.
  public init(of source: any FrameSource, frames indices: [Int]) throws {
    let count = min(indices.count, Self.maximumFrames)
    let chosen = (0..<count).map { indices[$0 * indices.count / count] }
    try self.init(
      source.shape, unit: source.unit, interval: source.timestamps == nil ? nil : source.nominalStep,
      grid: source.grid, frames: chosen.count
    ) { try source.frame(at: chosen[$0]) }
  }

  /// Measures frames that have been read.
  ///
  /// - Throws: Nothing at present.
  init(of frames: [Frame], unit: PhysicalUnit, interval: Double?, grid: GridMetadata?) throws {
    let shape = frames.first?.shape ?? FrameShape(height: 0, width: 0)
    try self.init(shape, unit: unit, interval: interval, grid: grid, frames: frames.count) { frames[$0] }
  }

  private init(
    _ shape: FrameShape, unit: PhysicalUnit, interval: Double?, grid: GridMetadata?, frames: Int,
    frame: (Int) throws -> Frame
  ) throws {
    self.unit = unit
    self.interval = interval
    (pixelWidth, pixelHeight) = (grid?.pixelSize?.width, grid?.pixelSize?.height)
    (height, width) = (shape.height, shape.width)
    wetThreshold = Self.wetThreshold(unit, interval: interval)
    self.frames = frames
    var valid = 0
    var wet: [Float] = []
    let count = min(shape.pixels, Self.maximumPixels)
    for index in 0..<frames {
      let frame = try frame(index)
      for number in 0..<count {
        let place = number * shape.pixels / count * shape.channels
        guard frame.isValid[place] else { continue }
        valid += 1
        if frame.values[place] > wetThreshold { wet.append(frame.values[place]) }
      }
    }
    pixels = valid
    wetShare = valid == 0 ? nil : Double(wet.count) / Double(valid)
    wet.sort()
    quantiles =
      wet.count < Self.enough
      ? []
      : Self.levels.map {
        Quantile(level: $0, value: Double(MemberQuantile($0, of: wet.count).value(sorted: wet)))
      }
  }

  /// A pixel is wet above 0.1 mm/h, or what is the same; of other values above 0.5, the lowest threshold of their scores.
  static func wetThreshold(_ unit: PhysicalUnit, interval: Double?) -> Float {
    switch unit {
    case .millimetresPerHour: DataInspection.wetThreshold
    case .millimetres: DataInspection.wetThreshold * Float(interval ?? 60) / 60
    // 0.1 mm/h by Z = 200 R^1.6.
    case .decibelsZ: 7
    case .brightness, .dimensionless: 0.5
    }
  }

  /// The value of a quantile.
  public func quantile(_ level: Double) -> Double? { quantiles.first { $0.level == level }?.value }
}

extension DataProfile {
  /// Whether ``wetThreshold`` tells rain from none.
  var isRain: Bool { [.millimetresPerHour, .millimetres, .decibelsZ].contains(unit) }

  /// The profile for people, a line for each part.
  public var lines: [(name: String, text: String)] {
    func value(_ value: Double) -> String {
      short(value) + (unit.symbol.isEmpty ? "" : " \(unit.symbol)")
    }
    var grid = "\(height) × \(width) pixels"
    if let pixelWidth, let pixelHeight {
      grid +=
        " of " + short(pixelWidth)
        + (abs(pixelHeight / pixelWidth - 1) < 0.005 ? "" : " × \(short(pixelHeight))") + " km"
    }
    if let interval { grid += ", every \(short(interval)) minutes" }
    var lines = [("frames", grid)]
    if let wetShare {
      let share =
        "\(percent(wetShare)) of the area above \(value(Double(wetThreshold)))"
        + " (\(frames) frames, \(pixels) pixels measured)"
      lines.append((isRain ? "wet" : "values", share))
    }
    if !quantiles.isEmpty {
      lines.append(
        (
          "quantiles above \(value(Double(wetThreshold)))",
          quantiles.map { "\(short($0.level * 100))% \(value($0.value))" }.joined(separator: ", ")
        ))
    }
    return lines
  }
}

/// A share in percent with two digits that count.
func percent(_ share: Double) -> String {
  share > 0 && share < 0.001 ? "less than 0.1%" : "\(short((share * 1000).rounded() / 10))%"
}
