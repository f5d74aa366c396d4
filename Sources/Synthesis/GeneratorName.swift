import Readers

/// The generators by the names that the command line knows.
public enum GeneratorName: String, CaseIterable, Codable, Sendable {
  /// ``AdvectedCells``
  case advectedCells = "advected-cells"
  /// ``MovingDigits``
  case movingDigits = "moving-digits"
  /// ``InteractionDial``
  case interactionDial = "interaction-dial"
  /// ``CouplingDial``
  case couplingDial = "coupling-dial"
  /// ``MotionClips``: blobs in four directions.
  case motionClips = "motion-clips"
  /// ``CuedClips``, told apart by appearance only.
  case appearanceClasses = "appearance-classes"
  /// ``CuedClips``, told apart by motion only.
  case motionClasses = "motion-classes"
  /// ``CuedClips``, told apart by the conjunction of both only.
  case conjunctionClasses = "conjunction-classes"

  /// Whether it makes clips with classes; the others make sequences to forecast.
  public var hasClasses: Bool {
    switch self {
    case .advectedCells, .movingDigits, .interactionDial, .couplingDial: false
    case .motionClips, .appearanceClasses, .motionClasses, .conjunctionClasses: true
    }
  }

  /// What it makes, in a line.
  public var summary: String {
    switch self {
    case .advectedCells: "rain-like cells that drift, turn, grow and decay"
    case .movingDigits: "digits that glide and bounce"
    case .interactionDial: "Gaussian fields whose space and time go together as far as theta says"
    case .couplingDial:
      "places that follow others, near or far (reach), by one law or each by its own (variety)"
    case .motionClips: "blobs in four directions; the class is the direction"
    case .appearanceClasses: "gliding shapes; the class is the shape"
    case .motionClasses: "gliding shapes; the class is the direction"
    case .conjunctionClasses: "gliding shapes; the class is which shape goes which way"
    }
  }

  /// What a report calls the data.
  public var title: String {
    switch self {
    case .advectedCells: "Synthetic rain: advected cells"
    case .motionClips: "Synthetic motion: the class is the direction"
    default: "Synthetic: \(summary)"
    }
  }

  /// - Throws: `DataError` that lists the names.
  public init(parsing text: String) throws {
    guard let name = GeneratorName(rawValue: text) else {
      throw DataError(
        .invalidOption,
        expected: "one of the generators \(Self.allCases.map(\.rawValue).joined(separator: ", "))",
        received: "“\(text)”", remedy: "Choose one of these names.")
    }
    self = name
  }

  /// The options that it listens to.
  public var options: [GeneratorOptions.Key] {
    switch self {
    case .advectedCells:
      [
        .samples, .frames, .height, .width, .step, .windRows, .windColumns, .rotation, .wetFraction,
        .lifetime,
      ]
    case .movingDigits: [.samples, .frames, .height, .width, .speed, .digits, .images]
    case .interactionDial:
      [
        .samples, .frames, .height, .width, .theta, .windRows, .windColumns, .slope, .largestScale,
        .inputFrames,
      ]
    case .couplingDial:
      [.samples, .frames, .height, .width, .reach, .variety, .memory, .cell, .noise]
    case .motionClips: [.samples, .frames, .height, .width, .speed, .noise]
    case .appearanceClasses, .motionClasses, .conjunctionClasses:
      [.samples, .frames, .height, .width, .speed, .noise, .classes]
    }
  }
}
