import Autodiff
import TensorCore

/// `scale · x + offset`, with one number each or one for every channel (last axis).
public struct Rescaling: UnaryLayer {
  public static let typeName = "Rescaling"

  public var scale: [Float]
  public var offset: [Float]

  public init(scale: [Float], offset: [Float] = [0]) {
    self.scale = scale
    self.offset = offset
  }

  public init(scale: Float, offset: Float = 0) { self.init(scale: [scale], offset: [offset]) }

  public func outputShape(for input: SymbolicShape) throws -> SymbolicShape {
    try requireNonEmpty(input)
    for (option, values) in [("scale", scale), ("offset", offset)] {
      guard values.count == 1 || input.rank > 0 && input[-1].map({ $0 == values.count }) ?? true else {
        throw ShapeError(
          .wrongChannels, in: Self.typeName, expected: "one \(option) or one for each channel of \(input)",
          received: "\(values.count)", remedy: "Give as many numbers as the last axis is long.")
      }
    }
    return input
  }

  public func forward(_ input: Tensor, context: inout Context) throws -> Tensor {
    func applied(_ values: [Float]) -> Tensor {
      Tensor(values, shape: values.count == 1 ? [] : [values.count])
    }
    return input * applied(scale) + applied(offset)
  }
}

extension Rescaling {
  enum CodingKeys: String, CodingKey { case scale, offset }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    func values(_ key: CodingKeys) throws -> [Float] {
      if let value = try? options.decode(Float.self, forKey: key) { return [value] }
      return try options.decode([Float].self, forKey: key)
    }
    self.init(scale: try values(.scale), offset: options.contains(.offset) ? try values(.offset) : [0])
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    for (key, values) in [(CodingKeys.scale, scale), (.offset, offset)] {
      if values.count == 1 {
        try options.encode(values[0], forKey: key)
      } else {
        try options.encode(values, forKey: key)
      }
    }
  }
}
