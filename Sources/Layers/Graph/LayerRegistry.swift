import Synchronization

/// The layers that files may name. Those of Squall are known from the start; a program registers its own before
/// it loads a model that has them.
public enum LayerRegistry {
  private static let types = Mutex<[String: any Layer.Type]>(builtIn)

  private static var builtIn: [String: any Layer.Type] {
    let all: [any Layer.Type] = [
      ActivationLayer.self, Add.self, AlphaDropout.self, Average.self, AveragePooling1D.self,
      AveragePooling2D.self, AveragePooling3D.self, BatchNormalization.self, Concatenate.self, Conv1D.self,
      Conv1DTranspose.self, Conv2D.self,
      Conv2DTranspose.self, Conv3D.self, Conv3DTranspose.self, Cropping1D.self,
      Cropping2D.self, Cropping3D.self, Dense.self,
      DepthToSpace.self, DepthwiseConv1D.self, DepthwiseConv2D.self, Dot.self, Dropout.self, ELU.self,
      Flatten.self, GaussianDropout.self,
      GaussianNoise.self, GlobalAveragePooling1D.self, GlobalAveragePooling2D.self,
      GlobalAveragePooling3D.self, GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
      GroupNormalization.self, LayerNormalization.self, LayerScale.self, LeakyReLU.self, MaxPooling1D.self,
      MaxPooling2D.self, MaxPooling3D.self, Maximum.self, Minimum.self, ModelGraph.self, Multiply.self,
      PReLU.self,
      Permute.self, ReLU.self, RepeatLast.self, RepeatVector.self, Rescaling.self, Reshape.self,
      SeparableConv1D.self, SeparableConv2D.self,
      Softmax.self, SpaceToDepth.self, SpatialDropout1D.self, SpatialDropout2D.self, SpatialDropout3D.self,
      Subtract.self, TimeDistributed.self, UnitNormalization.self, UpSampling1D.self, UpSampling2D.self,
      UpSampling3D.self, ZeroPadding1D.self, ZeroPadding2D.self, ZeroPadding3D.self,
    ]
    return Dictionary(uniqueKeysWithValues: (all + recurrent).map { ($0.typeName, $0) })
  }

  private static var recurrent: [any Layer.Type] {
    [
      ApplyMask.self, AutoregressiveRNN.self, Bidirectional.self, ConvGRU2D.self, ConvLSTM1D.self,
      ConvLSTM2D.self, ConvLSTM3D.self,
      GRU.self, LSTM.self, Masking.self, RNN.self, SimpleRNN.self,
    ]
  }

  /// Makes a layer known under its `typeName`.
  public static func register(_ type: any Layer.Type) {
    types.withLock { $0[type.typeName] = type }
  }

  /// The names of all known layers.
  public static var names: [String] { types.withLock { $0.keys.sorted() } }

  static func type(named name: String) -> (any Layer.Type)? {
    types.withLock { $0[name] }
  }
}

/// A layer of any type in a file: its type's name and its options, `{"class_name": …, "config": {…}}`.
public struct LayerRecord: Codable, Sendable {
  public var layer: any Layer

  public init(_ layer: any Layer) { self.layer = layer }

  enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .className)
    guard let type = LayerRegistry.type(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .className, in: container,
        debugDescription:
          "unknown layer \"\(name)\"; known: \(LayerRegistry.names.joined(separator: ", "))."
          + " A layer of your own must be registered with LayerRegistry.register.")
    }
    layer = try type.init(from: container.superDecoder(forKey: .config))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Swift.type(of: layer).typeName, forKey: .className)
    try layer.encode(to: container.superEncoder(forKey: .config))
  }
}
