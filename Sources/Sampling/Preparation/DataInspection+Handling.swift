import Readers

extension DataInspection {
  /// Looks at sequences after gaps were bridged and dry spells cut out.
  ///
  /// - Parameters:
  ///   - data: As `openData(at:options:skipped:)` gives them.
  ///   - limit: Reads at most so many frames, spread evenly; all of them without it.
  ///   - skipped: Where opening noted what it left out.
  ///   - handled: What was done to the sequences, where something was.
  /// - Throws: `DataError` if a frame cannot be read.
  public init(
    _ data: OpenedData, limit: Int? = nil, skipped: SkipLog? = nil, handled: PreparedEvents?
  ) throws {
    try self.init(data, limit: limit, skipped: skipped)
    guard let handled else { return }
    if handled.handling != SequenceHandling() { handling = handled.counts }
    let lines =
      handled.counts.lines(handled.handling).map { "\($0.name): \($0.text)" }
      + handled.extras.map { extra in
        let channels = extra.channels == 1 ? "one channel" : "\(extra.channels) channels"
        return "Auxiliary channels: \(extra.name), \(channels) in \(extra.unit.rawValue), "
          + (extra.isStatic ? "the same at all times" : "at the times of the field")
      }
    if !lines.isEmpty { remarks = lines }
  }
}
