import Layers

/// ConvLSTM2D as a classifier: `[ConvLSTM2D, MaxPool] × n`, then the maximum of each channel.
///
/// The width is the number of filters of each layer.
public struct ConvLSTM2DClassifier: ClassificationContender {
  public static let name = ConvLSTM2DForecaster.name
  public static let displayName = ConvLSTM2DForecaster.displayName

  public init() {}
  public init(options: inout ContenderOptions) throws {}

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    var maps = clip
    for stage in 0..<signature.stages {
      let isLast = stage == signature.stages - 1
      maps = try ConvLSTM2D(
        filters: width, kernelSize: 3, padding: .same, returnSequences: !isLast)(
          maps, name: "conv_lstm_\(stage + 1)")
      if !isLast { maps = try TimeDistributed(MaxPooling2D())(maps, name: "pool_\(stage + 1)") }
    }
    return try (signature.head ?? .maximum).vector(of: maps, name: "vector")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    "\(signature.stages) ConvLSTM2D layers of \(width) filters with pooling, "
      + (signature.head ?? .maximum).text
  }

  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] {
    [
      LayerProbe(
        layer: "conv_lstm_\(signature.stages)", text: "last map, before pooling", takesLastFrame: false),
      LayerProbe(layer: "vector", text: "vector before the head", takesLastFrame: false),
    ]
  }
}
