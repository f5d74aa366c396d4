import TensorCore

/// A layer that works on each step for itself, so that the steps that counted before count afterwards.
public protocol MaskPreserving: Layer {}

extension MaskPreserving {
  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] { Array(masks.prefix(1)) }
}

extension ActivationLayer: MaskPreserving {}
extension BatchNormalization: MaskPreserving {}
extension Dense: MaskPreserving {}
extension Dropout: MaskPreserving {}
extension LayerNormalization: MaskPreserving {}
extension LayerScale: MaskPreserving {}
extension TimeDistributed: MaskPreserving {}
extension AlphaDropout: MaskPreserving {}
extension ELU: MaskPreserving {}
extension GaussianDropout: MaskPreserving {}
extension GaussianNoise: MaskPreserving {}
extension GroupNormalization: MaskPreserving {}
extension LeakyReLU: MaskPreserving {}
extension PReLU: MaskPreserving {}
extension ReLU: MaskPreserving {}
extension Rescaling: MaskPreserving {}
extension Softmax: MaskPreserving {}
extension SpatialDropout: MaskPreserving {}
extension UnitNormalization: MaskPreserving {}

extension Merge {
  /// A step counts if it does so in every input that has a mask, as in Keras.
  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] {
    let known = masks.compactMap { $0 }
    guard let first = known.first, known.allSatisfy({ $0.shape == first.shape }) else { return [] }
    return [known.dropFirst().reduce(first) { Elementwise.map($0, $1) { min($0, $1) } }]
  }
}

extension Concatenate {
  /// Along time the masks stand one after the other; otherwise a step counts if it does so in all inputs.
  public func outputMasks(for inputs: [Tensor], masks: [Tensor?]) -> [Tensor?] {
    guard masks.contains(where: { $0 != nil }), let rank = inputs.first?.rank else { return [] }
    let all = zip(inputs, masks).map { input, mask in
      mask ?? .ones(Shape(Array(input.shape.dimensions.prefix(2))))
    }
    if axis == 1 || axis == 1 - rank {
      return all.allSatisfy { $0.rank == all[0].rank } ? [Movement.concatenated(all, axis: 1)] : []
    }
    guard all.allSatisfy({ $0.shape == all[0].shape }) else { return [] }
    return [all.dropFirst().reduce(all[0]) { Elementwise.map($0, $1) { min($0, $1) } }]
  }
}
