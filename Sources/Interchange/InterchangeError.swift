import Support

/// Why a model file could not be read, translated or written: what was expected, what came, what to do.
public typealias InterchangeError = StructuredError<InterchangeErrorKind>

/// The kinds of ``InterchangeError``.
public enum InterchangeErrorKind: String, ErrorKind, CaseIterable {
  /// The file's ending or content is of no known format.
  case unknownFormat
  /// The file is of a known format but damaged.
  case malformed
  /// Weights are missing, left over, or of another shape than the model's.
  case weightMismatch
  /// An option of the command or call that does not fit.
  case invalidOption
  /// The file could not be written.
  case unwritable
}

/// Everything in a model that cannot be translated, found before anything is built.
public struct UnsupportedModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One layer or option.
  public struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// The layer's name in its file.
    public let layer: String
    /// Its class.
    public let className: String
    /// The option, where the layer as such is known.
    public let option: String?
    public let reason: String

    public init(layer: String, className: String, option: String? = nil, reason: String) {
      self.layer = layer
      self.className = className
      self.option = option
      self.reason = reason
    }

    public var description: String {
      "\(layer) (\(className))" + (option.map { ", \($0)" } ?? "") + ": \(reason)"
    }
  }

  /// The model or file.
  public let place: String
  public let problems: [Problem]

  public init(place: String, problems: [Problem]) {
    self.place = place
    self.problems = problems
  }

  public var description: String {
    "\(place): expected layers and options that both sides have; found "
      + "\(problems.count) without counterpart:\n"
      + problems.map { "  - \($0)" }.joined(separator: "\n")
      + "\nReplace or remove them, or register a layer of your own for them."
  }
}
