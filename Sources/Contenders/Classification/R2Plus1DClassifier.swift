import Layers

/// R(2+1)D (Tran et al. 2018): a residual network whose convolutions over time and space are split into one over space
/// and one over time, with batch normalisation and a rectifier between the two.
///
/// A first convolution of 7 × 7 and stride 2, then stages of residual blocks, all but the first halving time and space,
/// and the mean over both. Between the two halves of a convolution there are as many maps as give both together the
/// parameters of the whole one. With four stages of two blocks and a width of 512 this is R(2+1)D-18.
///
/// The width is the number of filters of the last stage; each stage before it has half as many.
public struct R2Plus1DClassifier: ClassificationContender {
  public static let name = "r2plus1d"
  public static let displayName = "R(2+1)D"

  public static let searchSpace = SearchSpace(options: [.init("blocks", [1, 2])])

  /// Residual blocks of a stage.
  public var blocks = 1

  public init(blocks: Int = 1) { self.blocks = blocks }

  /// Option `blocks`.
  public init(options: inout ContenderOptions) throws {
    blocks = try options.integer("blocks", in: 1...8) ?? 1
  }

  public func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    let filters = filters(signature, width)
    let stem = Factorised(
      filters: filters[0], middle: (45 * filters[0] + 63) / 64, kernel: 7, strides: [1, 2])
    var maps = try rectified(stem.normalized(clip, name: "stem"), name: "stem")
    for (stage, count) in filters.enumerated() {
      for block in 1...blocks {
        let stride = stage > 0 && block == 1 ? 2 : 1
        maps = try residual(maps, filters: count, stride: stride, name: "stage_\(stage + 1)_block_\(block)")
      }
    }
    return try (signature.head ?? .mean).vectorOfVolume(maps, name: "vector")
  }

  public func summary(_ signature: ClassificationSignature, width: Int) -> String {
    let filters = filters(signature, width).map(String.init).joined(separator: "–")
    let each = blocks == 1 ? "one residual block" : "\(blocks) residual blocks"
    return "\(signature.stages) stages of \(each) of convolutions over space, then time, \(filters) filters, "
      + (signature.head ?? .mean).text
  }

  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] {
    [
      LayerProbe(
        layer: "stage_\(signature.stages)_block_\(blocks)_relu", text: "last maps", takesLastFrame: false),
      LayerProbe(layer: "vector", text: "vector before the head", takesLastFrame: false),
    ]
  }

  private func filters(_ signature: ClassificationSignature, _ width: Int) -> [Int] {
    (0..<signature.stages).map { stage in
      let shift = signature.stages - 1 - stage
      return (width + (1 << shift) - 1) >> shift
    }
  }

  /// Two convolutions, and past them the maps as they are or, where their shape changes, through a convolution.
  private func residual(
    _ maps: SymbolicTensor, filters: Int, stride: Int, name: String
  ) throws -> SymbolicTensor {
    let channels = maps.shape[-1] ?? filters
    // As many as make both parts together as large as one convolution of 3 × 3 × 3.
    let middle = max(1, 27 * channels * filters / (9 * channels + 3 * filters))
    let first = Factorised(filters: filters, middle: middle, kernel: 3, strides: [stride, stride])
    let second = Factorised(filters: filters, middle: middle, kernel: 3, strides: [1, 1])
    let inner = try rectified(first.normalized(maps, name: name + "_conv_1"), name: name + "_conv_1")
    let change = try second.normalized(inner, name: name + "_conv_2")
    var shortcut = maps
    if stride > 1 || channels != filters {
      let convolution = Conv3D(
        filters: filters, kernelSize: 1, strides: Extent([stride, stride, stride]), useBias: false)
      shortcut = try normalization(convolution(maps, name: name + "_shortcut"), name: name + "_shortcut_norm")
    }
    return try rectified(Add()([change, shortcut], name: name + "_sum")[0], name: name)
  }
}

private func normalization(_ maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
  try BatchNormalization(momentum: 0.9, epsilon: 1e-5)(maps, name: name)
}

private func rectified(_ maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
  try ActivationLayer(.relu)(maps, name: name + "_relu")
}

/// A convolution over space and one over time.
private struct Factorised {
  let filters: Int
  /// Maps between the two.
  let middle: Int
  /// Kernel size over space; that over time is 3.
  let kernel: Int
  /// Over time and over space.
  let strides: [Int]

  func normalized(_ maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
    var maps = try ZeroPadding3D(padding: Borders([0, kernel / 2, kernel / 2]))(maps, name: name + "_border")
    let space = Conv3D(
      filters: middle, kernelSize: [1, kernel, kernel], strides: [1, strides[1], strides[1]], useBias: false)
    maps = try normalization(space(maps, name: name + "_space"), name: name + "_space_norm")
    maps = try rectified(maps, name: name + "_space")
    maps = try ZeroPadding3D(padding: Borders([1, 0, 0]))(maps, name: name + "_ends")
    let time = Conv3D(filters: filters, kernelSize: [3, 1, 1], strides: [strides[0], 1, 1], useBias: false)
    return try normalization(time(maps, name: name + "_time"), name: name + "_time_norm")
  }
}
