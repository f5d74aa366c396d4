import TensorCore

/// A shape of which some axes are only known when data come: `[nil, 10, nil, nil, 1]` is any number of
/// sequences of ten one-channel frames of any height and width.
public struct SymbolicShape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The length of each axis; `nil` if it may differ from call to call.
  public var dimensions: [Int?]

  public init(_ dimensions: [Int?]) { self.dimensions = dimensions }

  public init(arrayLiteral elements: Int?...) { self.init(elements) }

  /// The shape of a tensor, every axis known.
  public init(_ shape: Shape) { self.init(shape.dimensions) }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The length of an axis; negative axes count from the end.
  public subscript(axis: Int) -> Int? {
    get { dimensions[axis < 0 ? axis + rank : axis] }
    set { dimensions[axis < 0 ? axis + rank : axis] = newValue }
  }

  /// The shape of one sample, if all axes but the batch are known: what costs are counted for.
  public var sample: Shape? {
    let known = dimensions.dropFirst().compactMap { $0 }
    return known.count == rank - 1 ? Shape(known) : nil
  }

  /// Whether a tensor of this shape would do.
  public func accepts(_ shape: Shape) -> Bool {
    rank == shape.rank && zip(dimensions, shape.dimensions).allSatisfy { $0 == nil || $0 == $1 }
  }
}

extension SymbolicShape: CustomStringConvertible {
  public var description: String {
    "[" + dimensions.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }
}

extension SymbolicShape: Codable {
  public init(from decoder: any Decoder) throws {
    dimensions = try decoder.singleValueContainer().decode([Int?].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}
