import Layers

/// The last frame alone, through the convolutions of Conv2D + LSTM and a dense layer: what needs no motion.
///
/// The width is the number of units of the dense layer.
public struct CNNLastClassifier: ClassificationContender {
  public static let name = "cnn-last"
  public static let displayName = "CNN, last frame alone"

  public init() {}
  public init(options: inout ContenderOptions) throws {}

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    let last = try Cropping3D(cropping: Borders([[signature.frames - 1, 0], [0, 0], [0, 0]]))(
      clip, name: "last_frame")
    var single = signature
    single.frames = 1
    let vector = try Flatten()(
      single.frameVectors(last, head: signature.head ?? .flatten), name: "vector")
    return try Dense(units: width, activation: .relu)(vector, name: "dense")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    "the last frame alone: \(signature.stages) stages of convolution and pooling, "
      + "\((signature.head ?? .flatten).text), dense layer of \(width) units"
  }
}
