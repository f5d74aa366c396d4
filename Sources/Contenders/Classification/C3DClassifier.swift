import Layers

/// C3D (Tran et al. 2015): convolutions over time and space, each followed by pooling, and two dense layers.
///
/// `[Conv3D 3 × 3 × 3, ReLU, MaxPool] × n, Flatten, Dense, Dense`. The first pooling is over space alone, and pooling
/// rounds odd lengths up. With five stages, 16 frames of 112 × 112 and a width of 2048 this is the network with which
/// the paper compares kernels (64, 128, 256, 256, 256 filters, 17.5 million parameters); its larger one has eight
/// convolutions.
///
/// The width is the number of units of each dense layer; the third convolution and those after it have an eighth as
/// many filters, the second half of that and the first a quarter.
public struct C3DClassifier: ClassificationContender {
  public static let name = "c3d"
  public static let displayName = "C3D"

  public init() {}
  public init(options: inout ContenderOptions) throws {}

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    var maps = clip
    for (stage, filters) in filters(signature, width).enumerated() {
      let convolution = Conv3D(filters: filters, kernelSize: 3, padding: .same, activation: .relu)
      maps = try convolution(maps, name: "conv_\(stage + 1)")
      let window: Extent = stage == 0 ? [1, 2, 2] : [2, 2, 2]
      maps = try MaxPooling3D(poolSize: window, padding: .same)(maps, name: "pool_\(stage + 1)")
    }
    let vector = try (signature.head ?? .flatten).vectorOfVolume(maps, name: "vector")
    let first = try Dense(units: width, activation: .relu)(vector, name: "dense_1")
    return try Dense(units: width, activation: .relu)(first, name: "dense_2")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    let filters = filters(signature, width).map(String.init).joined(separator: "–")
    return "\(signature.stages) stages of Conv3D and pooling over time and space, \(filters) filters, "
      + "\((signature.head ?? .flatten).text), two dense layers of \(width) units"
  }

  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] {
    [
      LayerProbe(layer: "vector", text: "last maps, before the dense layers", takesLastFrame: false),
      LayerProbe(layer: "dense_2", text: "vector before the head", takesLastFrame: false),
    ]
  }

  private func filters(_ signature: ClassificationSignature, _ width: Int) -> [Int] {
    (0..<signature.stages).map { stage in
      let shift = 3 + max(0, 2 - stage)
      return (width + (1 << shift) - 1) >> shift
    }
  }
}
