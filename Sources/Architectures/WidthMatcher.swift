import Layers
import Support
import TensorCore

/// A task with an architecture for each family, whose width can be chosen.
public protocol MatchableArchitecture: Sendable {
  /// The model of a family at a width.
  func model(
    _ family: Family, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> ModelGraph

  /// How many parameters that model has, counted without building it.
  func parameterCount(_ family: Family, width: Int) throws -> Int

  /// Operations of a forward pass of one sample (a multiply-add counts two).
  func operations(_ family: Family, width: Int) throws -> Int
}

extension ForecastArchitecture: MatchableArchitecture {
  public func parameterCount(_ family: Family, width: Int) throws -> Int {
    try build(family, width: width, initialization: .none).parameterCount
  }

  public func operations(_ family: Family, width: Int) throws -> Int {
    try model(family, width: width, initialization: .none).operations ?? 0
  }
}

extension ClassificationArchitecture: MatchableArchitecture {
  public func parameterCount(_ family: Family, width: Int) throws -> Int {
    try build(family, width: width, initialization: .none).parameterCount
  }

  public func operations(_ family: Family, width: Int) throws -> Int {
    try model(family, width: width, initialization: .none).operations ?? 0
  }
}

/// A family at the width that a budget allows.
public struct MatchedModel: Hashable, Codable, Sendable {
  public let family: Family
  /// Filters of each ConvLSTM (integrated) or units of each LSTM (sequential).
  public let width: Int
  public let parameters: Int
  /// Operations of a forward pass of one sample.
  public let operations: Int
}

/// Why no pair of equal size was found.
public typealias WidthMatchError = StructuredError<WidthMatchErrorKind>

/// The kinds of ``WidthMatchError``.
public enum WidthMatchErrorKind: String, ErrorKind {
  /// Whatever the widths, the sizes miss each other or the budget.
  case noMatch
}

/// Brings both families to the same number of parameters.
public enum WidthMatcher {
  /// How far apart the two numbers of parameters may be, relative to the larger.
  public static let tolerance = 0.03

  /// Widths of both families for a budget of parameters.
  ///
  /// Each family's size steps with its width, so the integrated family, whose steps are coarse, comes as near to
  /// the budget as it can and the sequential one is matched to it; a neighbouring width is tried where the two
  /// miss each other.
  ///
  /// - Throws: `WidthMatchError` if no widths come within the tolerance.
  public static func match(
    _ architecture: some MatchableArchitecture, parameters budget: Int
  ) throws -> [MatchedModel] {
    let nearest = try width(of: .integrated, in: architecture, parameters: budget)
    var closest: (difference: Double, a: Int, b: Int) = (.infinity, 0, 0)
    for offset in [0, 1, -1, 2, -2, 3, -3] where nearest + offset > 0 {
      let integrated = nearest + offset
      let a = try architecture.parameterCount(.integrated, width: integrated)
      let sequential = try width(of: .sequential, in: architecture, parameters: a)
      let b = try architecture.parameterCount(.sequential, width: sequential)
      let difference = Double(abs(a - b)) / Double(max(a, b))
      if difference <= tolerance {
        return try [(Family.sequential, sequential, b), (.integrated, integrated, a)].map {
          MatchedModel(
            family: $0.0, width: $0.1, parameters: $0.2,
            operations: try architecture.operations($0.0, width: $0.1))
        }
      }
      if difference < closest.difference { closest = (difference, a, b) }
    }
    throw WidthMatchError(
      .noMatch,
      expected: """
        widths that bring both families within \(Int(tolerance * 100))% of each other near \(budget) parameters
        """,
      found: "\(closest.b) (Conv2D + LSTM) and \(closest.a) (ConvLSTM2D) at the closest",
      remedy: "Give a larger budget, a smaller frame, or more stages.")
  }

  /// Widths at which both families do equally many operations a sample: ConvLSTM2D has as many parameters as asked for,
  /// and Conv2D + LSTM is matched to its operations.
  ///
  /// - Throws: `WidthMatchError` if no widths come within the tolerance.
  public static func matchOperations(
    _ architecture: some MatchableArchitecture, parameters budget: Int
  ) throws -> [MatchedModel] {
    let nearest = try width(of: .integrated, in: architecture, parameters: budget)
    let target = try architecture.operations(.integrated, width: nearest)
    let sequential = try width(target) { try architecture.operations(.sequential, width: $0) }
    let reached = try architecture.operations(.sequential, width: sequential)
    guard Double(abs(reached - target)) <= tolerance * Double(max(reached, target)) else {
      throw WidthMatchError(
        .noMatch,
        expected: """
          a width that brings Conv2D + LSTM within \(Int(tolerance * 100))% of the \(target) operations of \
          ConvLSTM2D
          """,
        found: "\(reached) at the nearest", remedy: "Give a larger budget or fewer stages.")
    }
    return try [(Family.sequential, sequential, reached), (.integrated, nearest, target)].map {
      MatchedModel(
        family: $0.0, width: $0.1, parameters: try architecture.parameterCount($0.0, width: $0.1),
        operations: $0.2)
    }
  }

  /// The width whose number of parameters is nearest to `target`: counts grow with the width, so it is found by
  /// bisection.
  package static func width(
    of family: Family, in architecture: some MatchableArchitecture, parameters target: Int
  ) throws -> Int {
    try width(target) { try architecture.parameterCount(family, width: $0) }
  }

  private static func width(_ target: Int, _ count: (Int) throws -> Int) throws -> Int {
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
