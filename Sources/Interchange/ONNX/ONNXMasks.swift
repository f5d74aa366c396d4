import Layers
import TensorCore

/// Which steps of a sequence count, on their way through the model.
enum ONNXMasks {
  /// `nil` for other layers.
  static func emit(_ layer: any Layer, _ place: inout ONNXPlace) throws -> [String]? {
    switch layer {
    case let layer as Masking: return [masked(layer, &place)]
    case is ApplyMask:
      place.outputMask = ONNXMask(name: place.inputs[1], rank: 2)
      return [place.input]
    default: return nil
    }
  }

  /// Steps whose channels all equal a value are marked, and become zeros.
  private static func masked(_ layer: Masking, _ place: inout ONNXPlace) -> String {
    let rank = place.shape.rank
    let isMissing = place.graph.add("Equal", [place.input, place.graph.number(layer.maskValue)])
    let differs = place.graph.add("Cast", [place.graph.add("Not", [isMissing])], ["to": .integer(1)])
    let counts = place.graph.add(
      "ReduceMax", [differs], ["axes": .integers([rank - 1]), "keepdims": .integer(1)])
    place.outputMask = ONNXMask(
      name: place.graph.add("Squeeze", [counts, place.graph.integers([rank - 1])]), rank: rank - 1)
    let keeps = place.graph.add("Greater", [counts, place.graph.number(0.5)])
    return place.graph.add("Where", [keeps, place.input, place.graph.number(0)])
  }

  /// The mask of a layer's first output, from those of its inputs.
  static func passed(_ layer: any Layer, _ place: inout ONNXPlace) throws -> ONNXMask? {
    let known = place.masks.compactMap { $0 }
    guard let first = known.first else { return nil }
    switch layer {
    case let layer as any RecurrentLayer: return layer.returnSequences ? place.masks[0] : nil
    case let layer as Bidirectional: return layer.forwardLayer.returnSequences ? place.masks[0] : nil
    case is any MaskPreserving: return place.masks[0]
    case is any MergeLayer:
      let axis = (layer as? Concatenate).map { ($0.axis + place.shape.rank) % place.shape.rank }
      guard axis != 1, !(layer is Dot), known.allSatisfy({ $0.rank == first.rank }) else {
        throw ONNXRefusal("joins sequences with masks in a way that has no ONNX form")
      }
      return ONNXMask(
        name: known.dropFirst().reduce(first.name) { place.graph.add("Min", [$0, $1.name]) },
        rank: first.rank)
    default: return nil
    }
  }
}
