import Contenders

/// A contender as it enters a comparison: its name in files and in the report, and the size that the budget gives it.
struct Entrant<Candidate: Sendable>: Sendable {
  /// As options name it: `convlstm2d:kernel=5`.
  let text: String
  let contender: Candidate
  /// The name in the report, with the options that differ from the defaults.
  let displayName: String
  let size: MatchedSize
  /// The name of its folder, which stays the same whatever options a search chooses.
  let key: String

  init(text: String, contender: Candidate, displayName: String, size: MatchedSize, key: String? = nil) {
    self.text = text
    self.contender = contender
    self.displayName = displayName
    self.size = size
    self.key = key ?? text.replacing(":", with: "_").replacing("=", with: "-")
  }

  /// The same entry with other options.
  func changed(to text: String, _ contender: Candidate, size: MatchedSize) -> Self {
    Self(text: text, contender: contender, displayName: displayName, size: size, key: key)
  }
}

extension Entrant where Candidate == any ForecastContender {
  /// Finds contenders by name and matches their sizes.
  ///
  /// - Throws: `ContenderError` for an unknown name, one that is given twice, or sizes that do not come together.
  static func all(_ settings: ComparisonSettings, _ signature: ForecastSignature) throws -> [Self] {
    try matched(
      settings, signature, find: Contenders.forecaster, displayName: { $0.displayName },
      summary: { signature.summary($0, width: $1) })
  }
}

extension Entrant where Candidate == any ClassificationContender {
  /// Finds contenders by name and matches their sizes.
  ///
  /// - Throws: as for forecasts.
  static func all(_ settings: ComparisonSettings, _ signature: ClassificationSignature) throws -> [Self] {
    try matched(
      settings, signature, find: Contenders.classifier, displayName: { $0.displayName },
      summary: { signature.summary($0, width: $1) })
  }
}

extension Entrant {
  private static func matched<Signature: MatchableSignature>(
    _ settings: ComparisonSettings, _ signature: Signature, find: (String) throws -> Candidate,
    displayName: (Candidate) -> String, summary: (Candidate, Int) -> String
  ) throws -> [Self] where Signature.Candidate == Candidate {
    let texts = settings.contenders
    if let twice = texts.first(where: { text in texts.count { $0 == text } > 1 }) {
      throw ContenderError(
        expected: "each contender once", found: "\(twice) twice", remedy: "Leave one of them out.")
    }
    guard !texts.isEmpty else {
      throw ContenderError(
        expected: "at least one contender", found: "none", remedy: "Name some with --contenders.")
    }
    let entries = try texts.map { text -> (name: String, contender: Candidate) in
      let contender = try find(text)
      let options = text.split(separator: ":").dropFirst().joined(separator: ", ")
      return (displayName(contender) + (options.isEmpty ? "" : " (\(options))"), contender)
    }
    let sizes =
      settings.budget == .flops
      ? try BudgetMatcher.matchOperations(entries, signature, parameters: settings.parameters)
      : try BudgetMatcher.match(entries, signature, parameters: settings.parameters)
    // Options in another order, or those that are the default, make the same contender.
    var seen: [String: String] = [:]
    for (text, (entry, size)) in zip(texts, zip(entries, sizes)) {
      let name = text.prefix { $0 != ":" } + ": " + summary(entry.contender, size.width)
      if let other = seen.updateValue(text, forKey: String(name)) {
        throw ContenderError(
          expected: "different contenders", found: "\(other) and \(text), which are the same",
          remedy: "Leave one of them out.")
      }
    }
    return zip(texts, zip(entries, sizes)).map {
      Entrant(text: $0, contender: $1.0.contender, displayName: $1.0.name, size: $1.1)
    }
  }
}
