/// How much is put on or taken off at both ends of each space axis.
///
/// `2` is the same everywhere; `[1, 3]` is one amount for both ends of each axis (with one axis: its two ends);
/// `[[1, 0], [2, 3]]` names every end.
public struct Borders: Hashable, Sendable {
  private enum Form: Hashable, Sendable {
    case one(Int)
    case list([Int])
    case pairs([[Int]])
  }

  private let form: Form

  /// The same amount at all ends.
  public init(_ amount: Int) { form = .one(amount) }

  /// One amount for each axis, or, with a single axis, before and after it.
  public init(_ amounts: [Int]) { form = .list(amounts) }

  /// `[before, after]` for each axis.
  public init(_ pairs: [[Int]]) { form = .pairs(pairs) }

  /// Amounts before and after each of `rank` axes; `nil` if they are not for so many, or negative.
  public func amounts(rank: Int) -> [[Int]]? {
    let pairs: [[Int]]
    switch form {
    case .one(let amount): pairs = [[Int]](repeating: [amount, amount], count: rank)
    case .list(let amounts) where rank == 1: pairs = [amounts]
    case .list(let amounts): pairs = amounts.map { [$0, $0] }
    case .pairs(let given): pairs = given
    }
    let fits = pairs.count == rank && pairs.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } }
    return fits ? pairs : nil
  }
}

extension Borders: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Borders: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let amount = try? container.decode(Int.self) {
      self.init(amount)
    } else if let amounts = try? container.decode([Int].self) {
      self.init(amounts)
    } else {
      self.init(try container.decode([[Int]].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch form {
    case .one(let amount): try container.encode(amount)
    case .list(let amounts): try container.encode(amounts)
    case .pairs(let pairs): try container.encode(pairs)
    }
  }

  /// As Keras writes them: every end named, without the outer list where there is one axis.
  func encoded(rank: Int) -> Borders {
    guard let pairs = amounts(rank: rank) else { return self }
    return rank == 1 ? Borders(pairs[0]) : Borders(pairs)
  }
}
