import Layers

/// Squall's own layers in terms of Keras': the same numbers by way of several layers.
enum KerasSubstitute {
  struct Part {
    var className: String
    var config: JSONValue
    var shape: SymbolicShape
  }

  enum Result {
    case layers([Part])
    /// Why there is no way.
    case none(String)
  }

  /// `nil` for layers that Keras may have itself.
  static func steps(for layer: any Layer, on inputs: [SymbolicShape]) -> Result? {
    guard let input = inputs.first else { return nil }
    switch layer {
    case let layer as SpaceToDepth: return patches(input, size: layer.size, out: true)
    case let layer as DepthToSpace: return patches(input, size: layer.size, out: false)
    case let layer as RepeatLast: return repeatLast(input, count: layer.count)
    default: return nil
    }
  }

  private static func patches(_ input: SymbolicShape, size: Int, out: Bool) -> Result {
    let lead = Array(input.dimensions.dropFirst().dropLast(3))
    guard let height = input[-3], let width = input[-2], let channels = input[-1],
      lead.filter({ $0 == nil }).count <= 1
    else { return .none("needs fixed height, width and channels, received \(input)") }
    let (middle, last): ([Int], [Int])
    if out {
      middle = [height / size, size, width / size, size * channels]
      last = [height / size, width / size, size * size * channels]
    } else {
      middle = [height, width, size, size * (channels / (size * size))]
      last = [height * size, width * size, channels / (size * size)]
    }
    // In both directions the second and third of the four axes change places.
    let first = lead.count + 1
    let order = Array(1..<first) + [first, first + 2, first + 1, first + 3]
    func reshape(_ lengths: [Int]) -> Part {
      Part(
        className: "Reshape",
        config: ["target_shape": .array((lead.map { $0 ?? -1 } + lengths).map { .integer($0) })],
        shape: SymbolicShape([input[0]] + lead + lengths))
    }
    let swapped = [middle[0], middle[2], middle[1], middle[3]]
    return .layers([
      reshape(middle),
      Part(
        className: "Permute", config: ["dims": .array(order.map { .integer($0) })],
        shape: SymbolicShape([input[0]] + lead + swapped)),
      reshape(last),
    ])
  }

  private static func repeatLast(_ input: SymbolicShape, count: Int) -> Result {
    guard let time = input[1], input.rank == 3 || input.rank == 5 else {
      return .none("needs a fixed number of steps and rank 3 or 5, received \(input)")
    }
    var last = input
    last[1] = 1
    var repeated = input
    repeated[1] = count
    let rank = input.rank == 3 ? "1D" : "3D"
    let cut: JSONValue = [.integer(time - 1), 0]
    return .layers([
      Part(
        className: "Cropping\(rank)", config: ["cropping": rank == "1D" ? cut : [cut, [0, 0], [0, 0]]],
        shape: last),
      Part(
        className: "UpSampling\(rank)",
        config: ["size": rank == "1D" ? .integer(count) : [.integer(count), 1, 1]], shape: repeated),
    ])
  }
}
