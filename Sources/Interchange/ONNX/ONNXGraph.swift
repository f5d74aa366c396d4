import Foundation
import TensorCore

/// A graph of ONNX operations under construction; field numbers are those of `onnx.proto`.
struct ONNXGraph {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case number(Float)
    case text(String)
    case graph(ONNXGraph)
  }

  /// The length of an axis: a number, or a name for one that differs from call to call.
  enum Dimension: Hashable {
    case fixed(Int)
    case open(String)
    /// Not even that: only the rank is known.
    case unknown
  }

  let name: String
  private var nodes: [ProtobufMessage] = []
  private var initializers: [ProtobufMessage] = []
  private var inputs: [ProtobufMessage] = []
  private var outputs: [ProtobufMessage] = []
  private var constants: [[Int]: String] = [:]
  private var numbers: [Float: String] = [:]
  private var count = 0
  /// Values of a subgraph live in the same name space as those around it.
  private let prefix: String

  init(name: String, prefix: String = "") {
    self.name = name
    self.prefix = prefix
  }

  mutating func freshName(_ hint: String) -> String {
    count += 1
    return "\(prefix)\(hint)_\(count)"
  }

  // MARK: Values

  mutating func addInput(_ name: String, _ shape: [Dimension]?) { inputs.append(Self.value(name, shape)) }

  mutating func addOutput(_ name: String, _ shape: [Dimension]?) { outputs.append(Self.value(name, shape)) }

  /// A weight; the name must be new.
  mutating func weight(_ name: String, _ value: Tensor) -> String {
    var tensor = ProtobufMessage()
    for axis in value.shape.dimensions { tensor.add(1, axis) }
    tensor.add(2, 1)
    tensor.add(8, name)
    tensor.add(9, value.withUnsafeValues { Data(buffer: $0) })
    initializers.append(tensor)
    return name
  }

  /// A single number.
  mutating func number(_ value: Float) -> String {
    if let known = numbers[value] { return known }
    let name = weight("\(prefix)number_\(numbers.count)", Tensor(value))
    numbers[value] = name
    return name
  }

  /// A list of integers, such as a shape or axes.
  mutating func integers(_ values: [Int]) -> String {
    if let known = constants[values] { return known }
    let name = "\(prefix)integers_\(constants.count)"
    var tensor = ProtobufMessage()
    tensor.add(1, values.count)
    tensor.add(2, 7)
    tensor.add(8, name)
    tensor.add(9, values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) })
    initializers.append(tensor)
    constants[values] = name
    return name
  }

  // MARK: Operations

  /// Adds an operation with one output and names it.
  mutating func add(_ type: String, _ inputs: [String], _ attributes: [String: Attribute] = [:]) -> String {
    add(type, inputs, attributes, outputs: 1)[0]
  }

  mutating func add(
    _ type: String, _ inputs: [String], _ attributes: [String: Attribute] = [:], outputs count: Int
  ) -> [String] {
    let outputs = (0..<count).map { _ in freshName(type) }
    add(type, inputs, attributes, into: outputs)
    return outputs
  }

  mutating func add(
    _ type: String, _ inputs: [String], _ attributes: [String: Attribute] = [:], into outputs: [String]
  ) {
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    for output in outputs { node.add(2, output) }
    node.add(3, outputs[0])
    node.add(4, type)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      var attribute = ProtobufMessage()
      attribute.add(1, name)
      switch value {
      case .number(let value):
        attribute.add(2, value)
        attribute.add(20, 1)
      case .integer(let value):
        attribute.add(3, value)
        attribute.add(20, 2)
      case .text(let value):
        attribute.add(4, value)
        attribute.add(20, 3)
      case .graph(let graph):
        attribute.add(6, graph.message)
        attribute.add(20, 5)
      case .integers(let values):
        for value in values { attribute.add(8, value) }
        attribute.add(20, 7)
      }
      node.add(5, attribute)
    }
    nodes.append(node)
  }

  // MARK: Encoding

  var message: ProtobufMessage {
    var graph = ProtobufMessage()
    for node in nodes { graph.add(1, node) }
    graph.add(2, name)
    for tensor in initializers { graph.add(5, tensor) }
    for input in inputs { graph.add(11, input) }
    for output in outputs { graph.add(12, output) }
    return graph
  }

  /// A whole model file.
  func model(opset: Int, metadata: [(String, String)]) -> Data {
    var model = ProtobufMessage()
    model.add(1, 8)  // IR version of ONNX 1.12, which introduced opset 17
    model.add(2, "squall")
    model.add(7, message)
    var operators = ProtobufMessage()
    operators.add(1, "")
    operators.add(2, opset)
    model.add(8, operators)
    for (key, value) in metadata {
      var entry = ProtobufMessage()
      entry.add(1, key)
      entry.add(2, value)
      model.add(14, entry)
    }
    return model.data
  }

  private static func value(_ name: String, _ shape: [Dimension]?) -> ProtobufMessage {
    var tensor = ProtobufMessage()
    tensor.add(1, 1)  // float32
    if let shape {
      var dimensions = ProtobufMessage()
      for dimension in shape {
        var message = ProtobufMessage()
        switch dimension {
        case .fixed(let length): message.add(1, length)
        case .open(let name): message.add(2, name)
        case .unknown: break
        }
        dimensions.add(1, message)
      }
      tensor.add(2, dimensions)
    }
    var type = ProtobufMessage()
    type.add(1, tensor)
    var value = ProtobufMessage()
    value.add(1, name)
    value.add(2, type)
    return value
  }
}
