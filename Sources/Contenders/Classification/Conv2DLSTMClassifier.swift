import Layers

/// Conv2D + LSTM as a classifier: `TimeDistributed[Conv2D, ReLU, MaxPool] × n, Flatten, LSTM`.
///
/// The width is the number of LSTM units.
public struct Conv2DLSTMClassifier: ClassificationContender {
  public static let name = Conv2DLSTMForecaster.name
  public static let displayName = Conv2DLSTMForecaster.displayName

  public init() {}
  public init(options: inout ContenderOptions) throws {}

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    try LSTM(units: width)(
      signature.frameVectors(clip, head: signature.head ?? .flatten), name: "lstm")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    "\(signature.stages) stages of convolution and pooling a frame, \((signature.head ?? .flatten).text), LSTM of "
      + "\(width) units"
  }

  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] {
    [
      LayerProbe(
        layer: "pool_\(signature.stages)", text: "last maps, before flattening", takesLastFrame: true),
      LayerProbe(layer: "lstm", text: "LSTM output, before the head", takesLastFrame: false),
    ]
  }
}
