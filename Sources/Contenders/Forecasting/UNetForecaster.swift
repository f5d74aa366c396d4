import Layers
import TensorCore

/// A U-Net (Ronneberger et al. 2015) as RainNet is one (Ayzel et al. 2020): all input frames are channels of one map.
///
/// Stages of two convolutions and pooling lead down to a last pair of convolutions, and the same number of stages of
/// enlarging (nearest pixel), two convolutions and a skip connection lead up again. RainNet gives one frame, which
/// is fed back for later leads; here the last two convolutions give all leads at once, with as many maps for each as
/// RainNet has. Motion-extrapolated frames are further channels of the input. With 4 frames in, one out, four stages
/// and a width of 1024 this is RainNet.
///
/// The width is the number of filters of the deepest stage; each stage above it has half as many.
public struct UNetForecaster: ForecastContender {
  public static let name = "unet"
  public static let displayName = "U-Net"

  public static let searchSpace = SearchSpace(options: [
    .init("stages", [2, 3, 4]), .init("dropout", [0, 0.25, 0.5]),
  ])

  /// How often the maps are halved.
  public var stages = 4
  /// The share of values that training drops before and after the deepest pooling; RainNet's is 0.5.
  public var dropout = 0.5

  public init(stages: Int = 4, dropout: Double = 0.5) {
    self.stages = stages
    self.dropout = dropout
  }

  /// Options `stages` and `dropout`.
  public init(options: inout ContenderOptions) throws {
    stages = try options.integer("stages", in: 1...6) ?? 4
    dropout = try options.number("dropout", in: 0...0.9) ?? 0.5
  }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    try signature.requireMultiples(of: 1 << stages, contender: self, hint: "\(name):stages=2")
    var maps = try frames.framesAsChannels(name: "stack")
    if let guidance {
      let more = try guidance.framesAsChannels(name: signature.guidanceName + "stack")
      maps = try Concatenate()([maps, more], name: "stacks")[0]
    }
    let filters = filters(width)
    var skips: [SymbolicTensor] = []
    for stage in 0..<stages {
      maps = try twoConvolutions(maps, filters: filters[stage], name: "down_\(stage + 1)")
      skips.append(maps)
      if stage == stages - 1 { maps = try Dropout(rate: Float(dropout))(maps, name: "dropout_down") }
      maps = try MaxPooling2D()(maps, name: "pool_\(stage + 1)")
    }
    maps = try twoConvolutions(maps, filters: filters[stages], name: "bottom")
    maps = try Dropout(rate: Float(dropout))(maps, name: "dropout_bottom")
    for stage in (0..<stages).reversed() {
      let larger = try UpSampling2D()(maps, name: "enlarged_\(stage + 1)")
      maps = try Concatenate()([larger, skips[stage]], name: "skip_\(stage + 1)")[0]
      maps = try twoConvolutions(maps, filters: filters[stage], name: "up_\(stage + 1)")
    }
    let leads = signature.forecastFrames
    maps = try convolution(2 * leads, 3)(maps, name: "leads")
    maps = try Conv2D(filters: leads, kernelSize: 1)(maps, name: "last")
    return try maps.channelsAsFrames(leads, name: signature.headName)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    "U-Net over all frames as channels, \(stages) stages of two convolutions, "
      + filters(width).map(String.init).joined(separator: "–") + " filters, all frames at once"
      + (dropout == 0.5 ? "" : ", dropout \(dropout)")
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] {
    [
      LayerProbe(layer: "bottom_2", text: "smallest maps", takesLastFrame: false),
      LayerProbe(layer: "up_1_2", text: "last maps, with the skip connections", takesLastFrame: false),
    ]
  }

  /// The filters of each stage, from the top to the bottom.
  private func filters(_ width: Int) -> [Int] {
    (0...stages).map { max(1, (width + (1 << (stages - $0)) / 2) >> (stages - $0)) }
  }

  private func convolution(_ filters: Int, _ kernelSize: Extent) -> Conv2D {
    Conv2D(filters: filters, kernelSize: kernelSize, padding: .same, activation: .relu)
  }

  private func twoConvolutions(
    _ maps: SymbolicTensor, filters: Int, name: String
  ) throws -> SymbolicTensor {
    try convolution(filters, 3)(convolution(filters, 3)(maps, name: name + "_1"), name: name + "_2")
  }
}
