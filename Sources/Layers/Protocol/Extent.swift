/// A length per spatial axis: `3` is the same along all axes, `[3, 5]` is 3 high and 5 wide.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// One value for all axes, or one for each.
  public var lengths: [Int]

  public init(_ lengths: [Int]) { self.lengths = lengths }

  public init(integerLiteral value: Int) { self.init([value]) }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The lengths for `rank` axes.
  public func values(rank: Int) -> [Int] {
    lengths.count == 1 ? [Int](repeating: lengths[0], count: rank) : lengths
  }
}

extension Extent: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int.self) {
      self.init([value])
    } else {
      self.init(try container.decode([Int].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(lengths)
  }
}
