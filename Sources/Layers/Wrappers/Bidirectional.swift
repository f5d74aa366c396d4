import Autodiff
import TensorCore

/// A recurrent layer that goes through a sequence in both directions (Schuster & Paliwal 1997): the layer as
/// it is, and a second one with weights of its own that goes backwards, whose outputs are put back into the
/// order of time.
///
/// Inputs: the sequence, optionally followed by the initial states of both layers. Outputs: the merged output
/// (both outputs without a merge mode), followed by the last states of both with `returnState`.
public struct Bidirectional: Layer, StateKeeping {
  public static let typeName = "Bidirectional"

  /// How the outputs of the two directions become one.
  public enum MergeMode: String, CaseIterable, Codable, Sendable {
    case sum
    case multiply = "mul"
    case average = "ave"
    /// Side by side along the channels.
    case concatenate = "concat"
    /// Not at all: two outputs.
    case none
  }

  public private(set) var forwardLayer: any RecurrentLayer
  public private(set) var backwardLayer: any RecurrentLayer
  public var mergeMode: MergeMode

  /// - Parameters:
  ///   - layer: The layer for the one direction.
  ///   - backwardLayer: The layer for the other; by default one like the first.
  ///   - mergeMode: How the outputs become one.
  public init(
    _ layer: some RecurrentLayer, backwardLayer: (any RecurrentLayer)? = nil,
    mergeMode: MergeMode = .concatenate
  ) {
    var other: any RecurrentLayer = layer
    other.goBackwards = !layer.goBackwards
    self.init(layer, backwardLayer ?? other, mergeMode)
  }

  private init(_ forward: any RecurrentLayer, _ backward: any RecurrentLayer, _ mergeMode: MergeMode) {
    forwardLayer = forward
    self.backwardLayer = backward
    self.mergeMode = mergeMode
    // Keras' rule: the directions meet at masked steps, where an old output would mislead.
    forwardLayer.options.zeroOutputForMask = forward.returnSequences
    backwardLayer.options.zeroOutputForMask = backward.returnSequences
  }

  public mutating func visitParameters(_ visit: (String, inout Parameter) throws -> Void) rethrows {
    try forwardLayer.visitParameters(under: "forward_layer", visit)
    try backwardLayer.visitParameters(under: "backward_layer", visit)
  }

  public mutating func resetStates() {
    forwardLayer.resetStates()
    backwardLayer.resetStates()
  }

  /// The inputs of both directions: the sequence and each one's half of the states.
  private func shared<Value>(_ inputs: [Value]) throws -> (forward: [Value], backward: [Value]) {
    func count(_ layer: some RecurrentLayer) -> Int { layer.cell.stateCount }
    let (first, second) = (count(forwardLayer), count(backwardLayer))
    guard inputs.count == 1 || inputs.count == 1 + first + second else {
      throw ShapeError(
        .wrongInputCount, in: Self.typeName,
        expected: "a sequence, alone or with \(first) + \(second) tensors of initial state",
        received: "\(inputs.count) inputs", remedy: "Give the states of both directions or none.")
    }
    return (
      Array(inputs.prefix(1 + first)), inputs.prefix(1) + (inputs.count == 1 ? [] : inputs.suffix(second))
    )
  }

  public func outputShapes(for inputs: [SymbolicShape]) throws -> [SymbolicShape] {
    let (a, b) = (forwardLayer, backwardLayer)
    guard a.goBackwards != b.goBackwards, a.returnSequences == b.returnSequences,
      a.returnState == b.returnState, a.stateful == b.stateful
    else {
      throw ShapeError(
        .invalidOption, in: Self.typeName,
        expected: "two layers that return the same, one of which goes backwards",
        received:
          "goBackwards \(a.goBackwards) and \(b.goBackwards), returnSequences \(a.returnSequences) and "
          + "\(b.returnSequences), returnState \(a.returnState) and \(b.returnState), stateful \(a.stateful) "
          + "and \(b.stateful)", remedy: "Give the backward layer the options of the other.")
    }
    let (forward, backward) = try shared(inputs)
    let (x, y) = (try a.outputShapes(for: forward), try b.outputShapes(for: backward))
    let states = Array(x.dropFirst() + y.dropFirst())
    switch mergeMode {
    case .none: return [x[0], y[0]] + states
    case .concatenate:
      guard x[0].dimensions.dropLast() == y[0].dimensions.dropLast() else { throw misfit(x[0], y[0]) }
      var merged = x[0]
      if let first = x[0][-1], let second = y[0][-1] { merged[-1] = first + second }
      return [merged] + states
    case .sum, .multiply, .average:
      guard x[0] == y[0] else { throw misfit(x[0], y[0]) }
      return [x[0]] + states
    }
  }

  private func misfit(_ first: SymbolicShape, _ second: SymbolicShape) -> ShapeError {
    ShapeError(
      .wrongLength, in: Self.typeName, expected: "outputs that can be merged by \(mergeMode.rawValue)",
      received: "\(first) and \(second)", remedy: "Give both layers as many units, or merge by concatenation."
    )
  }

  public func parameterSpecifications(for inputs: [SymbolicShape]) throws -> [ParameterSpecification] {
    func named(_ specifications: [ParameterSpecification], _ prefix: String) -> [ParameterSpecification] {
      specifications.map {
        ParameterSpecification("\(prefix)/\($0.name)", $0.shape, $0.initializer, isTrainable: $0.isTrainable)
      }
    }
    let (forward, backward) = try shared(inputs)
    return named(try forwardLayer.parameterSpecifications(for: forward), "forward_layer")
      + named(try backwardLayer.parameterSpecifications(for: backward), "backward_layer")
  }

  public func operations(for inputs: [SymbolicShape]) throws -> Int? {
    let (forward, backward) = try shared(inputs)
    guard let first = try forwardLayer.operations(for: forward),
      let second = try backwardLayer.operations(for: backward)
    else { return nil }
    return first + second
  }

  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] {
    guard forwardLayer.returnSequences, let mask = masks.first else { return [] }
    return mergeMode == .none ? [mask, mask] : [mask]
  }

  public func call(_ inputs: [Tensor], context: inout Context) throws -> [Tensor] {
    _ = try outputShapes(for: inputs.map { SymbolicShape($0.shape) })
    let (forward, backward) = try shared(inputs)
    var first = try context.scoped("forward_layer") { try forwardLayer.call(forward, context: &$0) }
    var second = try context.scoped("backward_layer") { try backwardLayer.call(backward, context: &$0) }
    let x = first.removeFirst()
    var y = second.removeFirst()
    if forwardLayer.returnSequences { y = y.reversed(axis: 1) }
    let merged: [Tensor] =
      switch mergeMode {
      case .sum: [x + y]
      case .multiply: [x * y]
      case .average: [(x + y) * 0.5]
      case .concatenate: [.concatenated([x, y], axis: -1)]
      case .none: [x, y]
      }
    return merged + first + second
  }
}

extension Bidirectional {
  enum CodingKeys: String, CodingKey {
    case layer
    case backwardLayer = "backward_layer"
    case mergeMode = "merge_mode"
  }

  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    func recurrent(_ record: LayerRecord, _ key: CodingKeys) throws -> any RecurrentLayer {
      guard let layer = record.layer as? any RecurrentLayer else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: options,
          debugDescription:
            "expected a recurrent layer inside Bidirectional, received \(type(of: record.layer).typeName)")
      }
      return layer
    }
    let forward = try recurrent(options.decode(LayerRecord.self, forKey: .layer), .layer)
    var backward = forward
    if let record = try options.decodeIfPresent(LayerRecord.self, forKey: .backwardLayer) {
      backward = try recurrent(record, .backwardLayer)
    } else {
      backward.goBackwards = !forward.goBackwards
    }
    // In a file, no merging is a null, and not saying anything is concatenation.
    let isNull = options.contains(.mergeMode) ? try options.decodeNil(forKey: .mergeMode) : false
    self.init(
      forward, backward, isNull ? .none : try options.name(.mergeMode, default: .concatenate))
  }

  public func encode(to encoder: any Encoder) throws {
    var options = encoder.container(keyedBy: CodingKeys.self)
    try options.encode(LayerRecord(forwardLayer), forKey: .layer)
    try options.encode(LayerRecord(backwardLayer), forKey: .backwardLayer)
    if mergeMode == .none {
      try options.encodeNil(forKey: .mergeMode)
    } else {
      try options.encode(mergeMode, forKey: .mergeMode)
    }
  }
}
