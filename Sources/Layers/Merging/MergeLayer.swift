import TensorCore

/// A layer that makes one value of several, which Keras calls on a list.
public protocol MergeLayer: Layer {}

extension Concatenate: MergeLayer {}
