import Readers

/// Numbers that change what a generator makes; what is not given is the generator's own default.
public struct GeneratorOptions: Equatable, Sendable {
  /// The names of the options, as in `generated:NAME:key=value,…`.
  public enum Key: String, CaseIterable, Codable, Sendable {
    /// Sequences, or clips a class.
    case samples
    case frames, height, width
    /// Minutes between frames.
    case step
    /// Pixels a frame, downwards and to the right.
    case windRows = "wind-rows"
    case windColumns = "wind-columns"
    /// Degrees a frame.
    case rotation
    case wetFraction = "wet-fraction"
    /// Minutes.
    case lifetime
    /// Pixels a frame.
    case speed
    case noise
    /// Digits in a frame.
    case digits
    /// An IDX file with pictures of digits.
    case images
    case theta
    /// Cells between a place and the one that it follows.
    case reach
    /// The share of places with a law of their own.
    case variety
    /// The correlation of a place with the one that it follows.
    case memory
    /// The side of a place in pixels.
    case cell
    /// The slope of the spectrum.
    case slope
    case largestScale = "largest-scale"
    case classes
    /// How many frames are observed, for the error of the best linear forecast.
    case inputFrames = "input-frames"
  }

  private var values: [Key: Double] = [:]
  private var images: String?

  public init() {}

  /// What is given, for the record.
  public var given: [String: String] {
    var given = Dictionary(
      uniqueKeysWithValues: values.map { ($0.key.rawValue, "\($0.value)") })
    given[Key.images.rawValue] = images
    return given
  }

  public var keys: Set<Key> { Set(values.keys).union(images == nil ? [] : [.images]) }

  /// An IDX file with pictures of digits.
  public var imageFile: String? { images }

  public subscript(key: Key) -> Double? { values[key] }

  /// A number that counts something.
  ///
  /// - Throws: `DataError` if it is no whole number in 1 … 10⁹.
  public func count(_ key: Key) throws -> Int? {
    guard let value = values[key] else { return nil }
    guard let count = Int(exactly: value), (1...1_000_000_000).contains(count) else {
      throw DataError(
        .invalidOption, expected: "\(key.rawValue): a whole number from 1 on", received: "\(value)",
        remedy: "Choose such a number.")
    }
    return count
  }

  /// Sets one option from text.
  ///
  /// - Throws: `DataError` if the text is no number.
  public mutating func set(_ key: Key, _ text: String) throws {
    guard key != .images else {
      images = text
      return
    }
    guard let value = Double(text), value.isFinite else {
      throw DataError(
        .invalidOption, expected: "\(key.rawValue): a number", received: "“\(text)”",
        remedy: "Write for example \(key.rawValue)=8.")
    }
    values[key] = value
  }

  public mutating func set(_ key: Key, _ value: Double?) {
    if let value { values[key] = value }
  }
}
