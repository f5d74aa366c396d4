/// The lengths of a tensor's axes, outermost first. Data lie row-major: the last axis is contiguous.
///
/// Sequences of images are `[batch, time, height, width, channels]` throughout Squall.
public struct Shape: Hashable, Sendable {
  /// The length of each axis.
  public var dimensions: [Int]

  /// A shape from the lengths of its axes. `[]` is a scalar.
  public init(_ dimensions: [Int]) {
    self.dimensions = dimensions
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of all axes, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  /// The distance in elements between neighbours along each axis.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The length of an axis; negative axes count from the end, so that `shape[-1]` is the channels.
  public subscript(axis: Int) -> Int {
    get { dimensions[index(ofAxis: axis)] }
    set { dimensions[index(ofAxis: axis)] = newValue }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape: Codable {
  public init(from decoder: any Decoder) throws {
    dimensions = try decoder.singleValueContainer().decode([Int].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}
