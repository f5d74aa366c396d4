import Foundation
import Readers
import TensorCore

/// What a generator was asked for, and made.
///
/// On the command line a generated data set stands in place of a path:
/// `generated:interaction-dial:theta=0.3,samples=100`.
public struct GeneratedData: Sendable {
  public let name: GeneratorName
  public let options: GeneratorOptions
  public let seed: UInt64
  /// Sequences to forecast, each an event of its own, or clips with classes.
  public let content: OpenedData
  /// The error of the best linear forecast on the ``InteractionDial``; for others `nil`.
  public let wiener: WienerForecast?

  public static let prefix = "generated:"

  /// Whether a text in place of a path asks for a generator.
  public static func isName(_ text: String) -> Bool { text.hasPrefix(prefix) }

  /// Which generator a text asks for.
  ///
  /// - Throws: `DataError` that lists the names if there is no such generator, or no prefix.
  public static func generator(in text: String) throws -> GeneratorName {
    guard isName(text) else {
      throw DataError(
        .invalidOption, expected: "\(prefix)NAME", received: "“\(text)”", remedy: "Write the prefix.")
    }
    return try GeneratorName(
      parsing: String(text.dropFirst(prefix.count).prefix { $0 != ":" }))
  }

  /// Makes what `generated:NAME` or `generated:NAME:key=value,…` asks for.
  ///
  /// - Throws: `DataError` for an unknown name, key or value; what the generator throws.
  public init(parsing text: String, seed: UInt64) throws {
    let body = Self.isName(text) ? text.dropFirst(Self.prefix.count) : text[...]
    let parts = body.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = try GeneratorName(parsing: String(parts.first ?? ""))
    var options = GeneratorOptions()
    for pair in parts.dropFirst().first?.split(separator: ",") ?? [] {
      let sides = pair.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, let key = GeneratorOptions.Key(rawValue: String(sides[0])) else {
        throw DataError(
          .invalidOption,
          expected: "key=value with a key of \(name.options.map(\.rawValue).joined(separator: ", "))",
          received: "“\(pair)”", remedy: "Correct the option of \(name.rawValue).")
      }
      try options.set(key, String(sides[1]))
    }
    try self.init(name, options: options, seed: seed)
  }

  /// Makes the data.
  ///
  /// - Throws: `DataError` if the generator does not know an option that is given, or one is out of its range.
  public init(_ name: GeneratorName, options: GeneratorOptions = .init(), seed: UInt64) throws {
    if let foreign = options.keys.subtracting(name.options).map(\.rawValue).min() {
      throw DataError(
        .invalidOption,
        expected: "options of \(name.rawValue): \(name.options.map(\.rawValue).joined(separator: ", "))",
        received: foreign, remedy: "Leave it out.")
    }
    self.name = name
    self.options = options
    self.seed = seed
    var wiener: WienerForecast?
    switch name {
    case .advectedCells: content = .events(try Self.cells(options, seed))
    case .movingDigits: content = .events(try Self.digits(options, seed))
    case .interactionDial:
      let dial = try Self.dial(options, seed)
      let input = try options.count(.inputFrames) ?? max(1, dial.options.frames / 2)
      if dial.options.frames > 1 {
        wiener = try WienerForecast(
          dial, inputFrames: input, forecastFrames: dial.options.frames - input)
      }
      content = .events(dial.events())
    case .couplingDial: content = .events(try Self.coupling(options, seed).events())
    case .motionClips: content = .clips(try Self.motion(options, seed))
    case .appearanceClasses: content = .clips(try Self.cued(.appearance, options, seed))
    case .motionClasses: content = .clips(try Self.cued(.motion, options, seed))
    case .conjunctionClasses: content = .clips(try Self.cued(.conjunction, options, seed))
    }
    self.wiener = wiener
  }

  private static func cells(_ options: GeneratorOptions, _ seed: UInt64) throws -> [any FrameSource] {
    var cells = AdvectedCells.Options()
    cells.frames = try options.count(.frames) ?? cells.frames
    cells.height = try options.count(.height) ?? cells.height
    cells.width = try options.count(.width) ?? cells.width
    cells.step = options[.step] ?? cells.step
    cells.wind.rows = options[.windRows] ?? cells.wind.rows
    cells.wind.columns = options[.windColumns] ?? cells.wind.columns
    cells.rotation = options[.rotation] ?? cells.rotation
    cells.wetFraction = options[.wetFraction] ?? cells.wetFraction
    cells.lifetime = options[.lifetime] ?? cells.lifetime
    let samples = try options.count(.samples) ?? 1
    return try (0..<samples).map { index in
      // The first event is the one that the seed alone makes.
      var random = RandomStream(seed: seed).substream("events").substream(index)
      return try AdvectedCells(cells, seed: index == 0 ? seed : random.next())
    }
  }

  private static func digits(_ options: GeneratorOptions, _ seed: UInt64) throws -> [any FrameSource] {
    var digits = MovingDigits()
    digits.samples = try options.count(.samples) ?? digits.samples
    digits.frames = try options.count(.frames) ?? digits.frames
    digits.height = try options.count(.height) ?? digits.height
    digits.width = try options.count(.width) ?? digits.width
    digits.digits = try options.count(.digits) ?? digits.digits
    digits.speed = options[.speed] ?? digits.speed
    let size = max(8, min(28, min(digits.height, digits.width) * 7 / 16))
    let images =
      try options.imageFile.map { try DigitImages(idx: URL(fileURLWithPath: $0)) }
      ?? DigitImages.drawn(size: size, seed: seed)
    return try digits.events(of: images, seed: seed)
  }

  private static func dial(_ options: GeneratorOptions, _ seed: UInt64) throws -> InteractionDial {
    var dial = InteractionDial.Options()
    dial.samples = try options.count(.samples) ?? dial.samples
    dial.frames = try options.count(.frames) ?? dial.frames
    dial.height = try options.count(.height) ?? dial.height
    dial.width = try options.count(.width) ?? dial.width
    dial.theta = options[.theta] ?? dial.theta
    dial.velocity.rows = options[.windRows] ?? dial.velocity.rows
    dial.velocity.columns = options[.windColumns] ?? dial.velocity.columns
    dial.slope = options[.slope] ?? dial.slope
    dial.largestScale = options[.largestScale] ?? dial.largestScale
    return try InteractionDial(dial, seed: seed)
  }

  private static func coupling(_ options: GeneratorOptions, _ seed: UInt64) throws -> CouplingDial {
    var dial = CouplingDial.Options()
    dial.samples = try options.count(.samples) ?? dial.samples
    dial.frames = try options.count(.frames) ?? dial.frames
    dial.height = try options.count(.height) ?? dial.height
    dial.width = try options.count(.width) ?? dial.width
    dial.cell = try options.count(.cell) ?? dial.cell
    dial.reach = options[.reach] ?? dial.reach
    dial.variety = options[.variety] ?? dial.variety
    dial.memory = options[.memory] ?? dial.memory
    dial.noise = options[.noise] ?? dial.noise
    return try CouplingDial(dial, seed: seed)
  }

  private static func motion(_ options: GeneratorOptions, _ seed: UInt64) throws -> LabeledClips {
    var clips = MotionClips()
    clips.scenes = try options.count(.samples) ?? clips.scenes
    clips.frames = try options.count(.frames) ?? clips.frames
    clips.height = try options.count(.height) ?? clips.height
    clips.width = try options.count(.width) ?? clips.width
    clips.speed = options[.speed] ?? clips.speed
    clips.noise = options[.noise] ?? clips.noise
    return try clips.clips(seed: seed)
  }

  private static func cued(
    _ cue: CuedClips.Cue, _ options: GeneratorOptions, _ seed: UInt64
  ) throws -> LabeledClips {
    var clips = CuedClips(cue: cue)
    clips.classes = try options.count(.classes) ?? clips.classes
    clips.scenes = try options.count(.samples) ?? clips.scenes
    clips.frames = try options.count(.frames) ?? clips.frames
    clips.height = try options.count(.height) ?? clips.height
    clips.width = try options.count(.width) ?? clips.width
    clips.speed = options[.speed] ?? clips.speed
    clips.noise = options[.noise] ?? clips.noise
    return try clips.clips(seed: seed)
  }
}
