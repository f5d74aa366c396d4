/// The sums behind a score, block by block: what a bootstrap over blocks resamples.
///
/// A block is what is drawn as a whole: an event, a clip or group of clips, or a stretch of time inside one
/// event. Every block holds the same few sums (counts of a contingency table, sums of errors, …), and sums of
/// blocks add up: pooling is merging, and a ratio is taken once, of the pooled sums.
///
/// A block knows the event that it belongs to. Where there are several events, a bootstrap draws these first.
public struct BlockScores: Codable, Hashable, Sendable {
  /// The blocks in order of first use.
  public private(set) var labels: [String] = []
  /// The event of each block, in the order of `labels`; empty text where events are not told apart.
  public private(set) var events: [String] = []
  /// `sums[block][statistic]`.
  public private(set) var sums: [[Double]] = []
  /// The number of sums in each block.
  public let statistics: Int

  /// No block yet.
  ///
  /// - Throws: ``VerificationError`` without a statistic.
  public init(statistics: Int) throws(VerificationError) {
    guard statistics > 0 else {
      throw VerificationError(
        expected: "at least one sum a block", received: "\(statistics)",
        remedy: "Pass the number of sums that the score needs.")
    }
    self.statistics = statistics
  }

  /// Blocks that are complete already; sums of one label are added.
  ///
  /// - Throws: ``VerificationError`` when the blocks do not hold equally many finite sums.
  public init(_ blocks: [(label: String, sums: [Double])]) throws(VerificationError) {
    try self.init(statistics: blocks.first?.sums.count ?? 0)
    for block in blocks { try add(block.sums, to: block.label) }
  }

  /// Adds to the sums of a block, which is created when it is new.
  ///
  /// - Parameters:
  ///   - values: The sums.
  ///   - label: The name of the block, unique over all events.
  ///   - event: The event that the block belongs to.
  /// - Throws: ``VerificationError`` when there are more or fewer sums, one is not finite, or the block belongs to
  ///   another event.
  public mutating func add(
    _ values: [Double], to label: String, event: String = ""
  ) throws(VerificationError) {
    guard values.count == statistics, values.allSatisfy(\.isFinite) else {
      throw VerificationError(
        expected: "\(statistics) finite sums", received: "\(values)",
        remedy: "Give every block the sums of one and the same score.")
    }
    if let block = labels.firstIndex(of: label) {
      guard events[block] == event else {
        throw VerificationError(
          expected: "\(label) in \(events[block].isEmpty ? "no event" : events[block])",
          received: "\(label) in \(event.isEmpty ? "no event" : event)",
          remedy: "Give the blocks of different events different labels.")
      }
      for index in values.indices { sums[block][index] += values[index] }
    } else {
      labels.append(label)
      events.append(event)
      sums.append(values)
    }
  }

  /// Takes in the blocks of another; sums of one label are added.
  ///
  /// - Throws: ``VerificationError`` when the other holds other sums.
  public mutating func merge(_ other: BlockScores) throws(VerificationError) {
    for block in other.labels.indices {
      try add(other.sums[block], to: other.labels[block], event: other.events[block])
    }
  }

  /// The sums of all blocks together.
  public var pooled: [Double] {
    sums.reduce(into: [Double](repeating: 0, count: statistics)) { total, block in
      for index in total.indices { total[index] += block[index] }
    }
  }

  /// The number of blocks.
  public var count: Int { labels.count }

  /// The places of the blocks of each event, in order of first use.
  public var blocksByEvent: [[Int]] {
    var places: [String: Int] = [:]
    var groups: [[Int]] = []
    for (block, event) in events.enumerated() {
      if let place = places[event] {
        groups[place].append(block)
      } else {
        places[event] = groups.count
        groups.append([block])
      }
    }
    return groups
  }

  /// The same blocks with the events that `event` gives to their labels.
  func grouped(_ event: (_ place: Int) -> String) -> BlockScores {
    var copy = self
    copy.events = labels.indices.map(event)
    return copy
  }

  /// The same blocks in the order of `labels`; nil when the labels are not the same.
  func ordered(as labels: [String]) -> BlockScores? {
    guard labels != self.labels else { return self }
    guard labels.count == self.labels.count else { return nil }
    let places = Dictionary(uniqueKeysWithValues: zip(self.labels, self.labels.indices))
    var copy = self
    copy.labels = labels
    copy.sums = []
    copy.events = []
    for label in labels {
      guard let place = places[label] else { return nil }
      copy.sums.append(sums[place])
      copy.events.append(events[place])
    }
    return copy
  }
}

extension BlockScores {
  /// The counts of contingency tables, for ``PooledScore/categorical(_:)``.
  public init(tables: [(label: String, table: ContingencyTable)]) throws(VerificationError) {
    try self.init(tables.map { ($0.label, $0.table.sums) })
  }

  /// The sums of errors, for ``PooledScore/mse`` and its kin.
  public init(errors: [(label: String, errors: ContinuousErrors)]) throws(VerificationError) {
    try self.init(errors.map { ($0.label, $0.errors.sums) })
  }

  /// The counts of confusion matrices, for ``PooledScore/classification(_:classes:)``.
  public init(matrices: [(label: String, matrix: ConfusionMatrix)]) throws(VerificationError) {
    try self.init(matrices.map { ($0.label, $0.matrix.sums) })
  }

  /// The right answers among all, for ``PooledScore/share``: a sample each or a group of samples each.
  public init(shares: [(label: String, right: Int, total: Int)]) throws(VerificationError) {
    try self.init(shares.map { ($0.label, [Double($0.right), Double($0.total)]) })
  }
}

extension ContingencyTable {
  var sums: [Double] { [hits, misses, falseAlarms, correctNegatives].map(Double.init) }
}

extension ContinuousErrors {
  var sums: [Double] { [Double(tally.valid), sumOfErrors, sumOfAbsoluteErrors, sumOfSquaredErrors] }
}

extension ConfusionMatrix {
  /// The counts row by row, then the undecided samples of each class.
  var sums: [Double] { counts.flatMap { $0.map(Double.init) } + undecided.map(Double.init) }
}
