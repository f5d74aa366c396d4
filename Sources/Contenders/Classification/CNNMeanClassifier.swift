import Layers

/// Each frame through the convolutions of Conv2D + LSTM and a dense layer, then the mean over time (the single-frame
/// baseline of Karpathy et al. 2014): what needs no order of the frames.
///
/// The width is the number of units of the dense layer.
public struct CNNMeanClassifier: ClassificationContender {
  public static let name = "cnn-mean"
  public static let displayName = "CNN, mean over frames"

  public init() {}
  public init(options: inout ContenderOptions) throws {}

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    let vectors = try signature.frameVectors(clip, head: signature.head ?? .flatten)
    let dense = try TimeDistributed(Dense(units: width, activation: .relu))(vectors, name: "dense")
    return try GlobalAveragePooling1D()(dense, name: "mean")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    "each frame alone: \(signature.stages) stages of convolution and pooling, "
      + "\((signature.head ?? .flatten).text), dense layer of \(width) units; mean over the frames"
  }

  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] {
    [
      LayerProbe(layer: "dense", text: "vector of the last frame", takesLastFrame: true),
      LayerProbe(layer: "mean", text: "mean over the frames", takesLastFrame: false),
    ]
  }
}
