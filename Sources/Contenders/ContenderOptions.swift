import Layers

/// The options of a contender as a person writes them behind its name: `convlstm2d:kernel=5:patch=2`.
///
/// A contender takes its options out one by one; ``finish()`` refuses what is left, so that a misspelt option never
/// passes in silence.
public struct ContenderOptions: Sendable {
  /// The name before the first colon.
  public let name: String
  private var values: [(key: String, text: String)]
  private var known: [String] = []

  /// Parses `name:key=value:key=value`.
  ///
  /// - Throws: ``ContenderError`` for an option without a value or one that is given twice.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    name = parts[0]
    values = []
    for part in parts.dropFirst() {
      guard let equals = part.firstIndex(of: "=") else {
        throw ContenderError(
          expected: "options of \(name) as key=value", found: "“\(part)”",
          remedy: "Write for example \(name):kernel=5.")
      }
      let key = String(part[..<equals])
      guard !values.contains(where: { $0.key == key }) else {
        throw ContenderError(
          expected: "each option of \(name) once", found: "\(key) twice", remedy: "Leave one of them out.")
      }
      values.append((key, String(part[part.index(after: equals)...])))
    }
  }

  /// The options that were given and that nobody took yet.
  var keys: [String] { values.map(\.key) }

  /// A whole number, or nil where the option is not given.
  ///
  /// - Throws: ``ContenderError`` for text that is no number in the range.
  public mutating func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = text(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw ContenderError(
        expected: "\(key) of \(name) from \(range.lowerBound) to \(range.upperBound)", found: "“\(text)”",
        remedy: "Choose a number in that range.")
    }
    return value
  }

  /// A number, or nil where the option is not given.
  ///
  /// - Throws: ``ContenderError`` for text that is no number in the range.
  public mutating func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
    guard let text = text(key) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw ContenderError(
        expected: "\(key) of \(name) from \(range.lowerBound) to \(range.upperBound)", found: "“\(text)”",
        remedy: "Choose a number in that range.")
    }
    return value
  }

  /// One of several words, or nil where the option is not given.
  ///
  /// - Throws: ``ContenderError`` that lists the words.
  public mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) throws -> Choice? where Choice.RawValue == String {
    guard let text = text(key) else { return nil }
    guard let value = Choice(rawValue: text) else {
      throw ContenderError(
        expected: "\(key) of \(name): \(Choice.allCases.map(\.rawValue).joined(separator: ", "))",
        found: "“\(text)”", remedy: "Choose one of them.")
    }
    return value
  }

  /// Refuses options that nobody took.
  ///
  /// - Throws: ``ContenderError`` that lists the options there are.
  public func finish() throws {
    guard let left = values.first else { return }
    throw ContenderError(
      expected: known.isEmpty
        ? "\(name) without options, which has none" : "options of \(name): \(known.joined(separator: ", "))",
      found: "“\(left.key)”", remedy: "Check the spelling, or leave it out.")
  }

  private mutating func text(_ key: String) -> String? {
    known.append(key)
    guard let index = values.firstIndex(where: { $0.key == key }) else { return nil }
    return values.remove(at: index).text
  }
}
