import Layers

/// A task for which contenders can be built at any width.
public protocol MatchableSignature: Sendable {
  /// What can be built for it.
  associatedtype Candidate

  /// How many parameters a contender has at a width, counted without building it.
  func parameterCount(_ contender: Candidate, width: Int) throws -> Int

  /// Operations of a forward pass of one sample (a multiply-add counts two).
  func operations(_ contender: Candidate, width: Int) throws -> Int
}

extension ForecastSignature: MatchableSignature {
  public func parameterCount(_ contender: any ForecastContender, width: Int) throws -> Int {
    try build(contender, width: width, initialization: .none).parameterCount
  }

  public func operations(_ contender: any ForecastContender, width: Int) throws -> Int {
    try model(contender, width: width, initialization: .none).operations ?? 0
  }
}

extension ClassificationSignature: MatchableSignature {
  public func parameterCount(_ contender: any ClassificationContender, width: Int) throws -> Int {
    try build(contender, width: width, initialization: .none).parameterCount
  }

  public func operations(_ contender: any ClassificationContender, width: Int) throws -> Int {
    try model(contender, width: width, initialization: .none).operations ?? 0
  }
}

/// The width that a budget allows a contender, and what it costs.
public struct MatchedSize: Hashable, Codable, Sendable {
  /// What ``Contender`` calls its width: filters of a ConvLSTM, units of an LSTM.
  public let width: Int
  public let parameters: Int
  /// Operations of a forward pass of one sample.
  public let operations: Int

  public init(width: Int, parameters: Int, operations: Int) {
    self.width = width
    self.parameters = parameters
    self.operations = operations
  }
}

/// Brings any number of contenders to the same size.
///
/// Sizes step with the width, so equal means within ``tolerance``. No contender is the yardstick of the others: among
/// the sets of widths that lie close enough together, the one nearest to the budget is taken.
public enum BudgetMatcher {
  /// How far apart the smallest and the largest may be, relative to the largest.
  public static let tolerance = 0.03

  /// How far from the budget they may be, relative to it. A contender that is larger than that at a width of 1 would
  /// otherwise make all others as large.
  public static let reach = 0.5

  /// Widths at which all contenders have equally many parameters, as near to the budget as that allows.
  ///
  /// - Parameters:
  ///   - contenders: What is to be matched, with the names for an error.
  ///   - signature: What they are built for.
  ///   - budget: The number of parameters of each.
  /// - Returns: One size for each contender, in their order.
  /// - Throws: ``ContenderError`` if no widths come within the tolerance, near the budget.
  public static func match<Signature: MatchableSignature>(
    _ contenders: [(name: String, contender: Signature.Candidate)], _ signature: Signature,
    parameters budget: Int
  ) throws -> [MatchedSize] {
    var counters = contenders.map { entry in
      SizeCounter { try signature.parameterCount(entry.contender, width: $0) }
    }
    let nearest = try counters.indices.map { try counters[$0].width(nearestTo: budget) }
    var best: (distance: Double, widths: [Int])?
    var closest: (spread: Double, counts: [Int]) = (.infinity, [])
    for anchor in counters.indices {
      for offset in -3...3 where nearest[anchor] + offset > 0 {
        let target = try counters[anchor].count(nearest[anchor] + offset)
        let widths = try counters.indices.map { index in
          index == anchor ? nearest[anchor] + offset : try counters[index].width(nearestTo: target)
        }
        let counts = try counters.indices.map { try counters[$0].count(widths[$0]) }
        guard let low = counts.min(), let high = counts.max() else { continue }
        let spread = Double(high - low) / Double(max(high, 1))
        if spread < closest.spread { closest = (spread, counts) }
        let distance = counts.map { abs(Double($0 - budget)) }.max() ?? 0
        guard spread <= tolerance, distance <= reach * Double(budget) else { continue }
        if distance < best?.distance ?? .infinity { best = (distance, widths) }
      }
    }
    guard let best else {
      let reached = zip(contenders, closest.counts).map { "\($1) (\($0.name))" }.joined(separator: ", ")
      throw ContenderError(
        expected:
          "contenders within \(Int(tolerance * 100))% of each other near \(budget) parameters",
        found: "at the closest \(reached)",
        remedy: "Give another --parameters, a smaller --tile-size, or leave one of the contenders out.")
    }
    return try zip(contenders, best.widths).enumerated().map { index, pair in
      MatchedSize(
        width: pair.1, parameters: try counters[index].count(pair.1),
        operations: try signature.operations(pair.0.contender, width: pair.1))
    }
  }

  /// Widths at which all contenders do equally many operations a sample: the one that does most of them at the budget's
  /// number of parameters keeps that number, and the others get as many operations.
  ///
  /// - Throws: ``ContenderError`` if no widths come within the tolerance.
  public static func matchOperations<Signature: MatchableSignature>(
    _ contenders: [(name: String, contender: Signature.Candidate)], _ signature: Signature,
    parameters budget: Int
  ) throws -> [MatchedSize] {
    let starts = try contenders.map { entry in
      let width = try width(of: entry.contender, signature, parameters: budget)
      return (width: width, operations: try signature.operations(entry.contender, width: width))
    }
    guard let target = starts.map(\.operations).max() else { return [] }
    return try zip(contenders, starts).map { entry, start in
      var counter = SizeCounter { try signature.operations(entry.contender, width: $0) }
      let width = start.operations == target ? start.width : try counter.width(nearestTo: target)
      let reached = try counter.count(width)
      guard Double(abs(reached - target)) <= tolerance * Double(max(reached, target)) else {
        throw ContenderError(
          expected: "a width at which \(entry.name) does \(target) operations a sample, within "
            + "\(Int(tolerance * 100))%", found: "\(reached) at the nearest",
          remedy: "Give another --parameters, or leave this contender out.")
      }
      return MatchedSize(
        width: width, parameters: try signature.parameterCount(entry.contender, width: width),
        operations: reached)
    }
  }

  /// The width at which a contender has nearest to `target` parameters.
  ///
  /// - Throws: What building the contender throws.
  public static func width<Signature: MatchableSignature>(
    of contender: Signature.Candidate, _ signature: Signature, parameters target: Int
  ) throws -> Int {
    var counter = SizeCounter { try signature.parameterCount(contender, width: $0) }
    return try counter.width(nearestTo: target)
  }
}

/// Sizes by width, each counted once. Sizes grow with the width, so a width is found by bisection.
struct SizeCounter {
  let size: (Int) throws -> Int
  private var known: [Int: Int] = [:]

  init(_ size: @escaping (Int) throws -> Int) { self.size = size }

  mutating func count(_ width: Int) throws -> Int {
    if let count = known[width] { return count }
    let count = try size(width)
    known[width] = count
    return count
  }

  mutating func width(nearestTo target: Int) throws -> Int {
    var upper = 1
    while try count(upper) < target, upper < 1 << 16 { upper *= 2 }
    var lower = max(1, upper / 2)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if try count(middle) < target { lower = middle } else { upper = middle }
    }
    let (below, above) = (try count(lower), try count(upper))
    return abs(below - target) <= abs(above - target) ? lower : upper
  }
}
