import Layers

/// An architecture that can be trained and compared, known by its name.
///
/// A contender is one file: its options, its graph, and what it says of itself. Its cost and the width that a budget
/// allows follow from the graph; see ``BudgetMatcher``.
public protocol Contender: Sendable {
  /// The name in options and files, in lower case with hyphens: `convlstm2d`.
  static var name: String { get }
  /// The name in reports: `ConvLSTM2D`.
  static var displayName: String { get }

  /// Takes the contender's options; those that are not given have its defaults.
  ///
  /// - Throws: ``ContenderError`` for a value out of range.
  init(options: inout ContenderOptions) throws

  /// What a search for settings may vary; the learning rate alone by default.
  static var searchSpace: SearchSpace { get }
}

extension Contender {
  public static var searchSpace: SearchSpace { SearchSpace() }
  public var name: String { Self.name }
  public var displayName: String { Self.displayName }

  /// A contender with its default options, or those in `text`, as in `convlstm2d:kernel=5`.
  ///
  /// - Throws: ``ContenderError`` for options that it does not have.
  public init(parsing text: String = Self.name) throws {
    var options = try ContenderOptions(parsing: text)
    try self.init(options: &options)
    try options.finish()
  }
}

/// A place inside a contender's graph whose values a report looks into: how much of the input can be read from there?
public struct LayerProbe: Sendable {
  /// The layer, and which of its outputs.
  public let layer: String
  public let output: Int
  /// The place in words.
  public let text: String
  /// Whether the value has a time axis, of which the last frame is looked at.
  public let takesLastFrame: Bool

  public init(layer: String, output: Int = 0, text: String, takesLastFrame: Bool) {
    self.layer = layer
    self.output = output
    self.text = text
    self.takesLastFrame = takesLastFrame
  }
}
