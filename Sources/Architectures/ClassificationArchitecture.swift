import Layers
import TensorCore

/// What a clip classifier takes and gives, and the options that do not depend on its family's width.
public struct ClassificationArchitecture: Hashable, Codable, Sendable {
  /// Frames of a clip.
  public var frames: Int
  public var height: Int
  public var width: Int
  public var channels: Int
  /// How many classes; the output is the probability of each.
  public var classes: Int
  /// How often convolution (or ConvLSTM) and pooling follow each other;
  /// ``usualStages(height:width:)`` unless stated.
  public var stages: Int
  /// How maps become the vector that the head sees; `nil` for what is usual in a family: sequential flattens each
  /// frame before its LSTM, integrated takes the maximum of each channel after its last ConvLSTM2D.
  public var head: ClassificationHead?
  /// What the first layer multiplies each channel by and adds then, so that values have mean 0 and deviation 1; empty
  /// for nothing.
  public var scale: [Float] = []
  public var offset: [Float] = []

  public init(
    frames: Int, height: Int, width: Int, channels: Int, classes: Int, stages: Int? = nil,
    head: ClassificationHead? = nil
  ) {
    self.frames = frames
    self.height = height
    self.width = width
    self.channels = channels
    self.classes = classes
    self.stages = stages ?? Self.usualStages(height: height, width: width)
    self.head = head
  }

  /// Standardises the input: takes `means` from the channels and divides by `deviations`.
  public mutating func standardize(means: [Float], deviations: [Float]) {
    scale = deviations.map { 1 / $0 }
    offset = zip(means, deviations).map { -$0 / $1 }
  }

  /// How many stages a frame is usually given, 2 to 4: as long as four pixels are left along the shorter side.
  /// With fewer, what flattening makes of a large frame is so long that an equal number of parameters
  /// leaves the LSTM behind it a handful of units.
  public static func usualStages(height: Int, width: Int) -> Int {
    let shorter = min(height, width)
    return (2...4).last { shorter >> $0 >= 4 } ?? 2
  }

  /// The classifier of a family. Input `[batch, frames, height, width, channels]`, output `[batch, classes]`.
  ///
  /// - Throws: `ShapeError` if the frames are too small for the stages.
  public func model(
    _ family: Family, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> ModelGraph {
    try build(family, width: width, initialization: initialization).model
  }

  func build(
    _ family: Family, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> (model: ModelGraph, parameterCount: Int) {
    let builder = GraphBuilder(name: family.rawValue + "_classifier", initialization: initialization)
    var clip = try builder.input([nil, frames, height, self.width, channels], name: "clip")
    if !scale.isEmpty { clip = try Rescaling(scale: scale, offset: offset)(clip, name: "standardized") }
    let features =
      switch family {
      case .sequential: try sequentialFeatures(clip, width: width)
      case .integrated: try integratedFeatures(clip, width: width)
      }
    let classes = try Dense(units: classes, activation: .softmax)(features, name: "classes")
    return (try builder.model(outputs: [classes]), builder.parameterCount)
  }

  private func head(of family: Family) -> ClassificationHead {
    head ?? (family == .sequential ? .flatten : .maximum)
  }

  private func vectorizing(_ family: Family) -> any UnaryLayer {
    switch head(of: family) {
    case .flatten: Flatten()
    case .mean: GlobalAveragePooling2D()
    case .maximum: GlobalMaxPooling2D()
    }
  }

  /// `TimeDistributed[Conv2D, ReLU, MaxPool] × n, Flatten, LSTM`; `width` is the number of LSTM units.
  private func sequentialFeatures(_ clip: SymbolicTensor, width: Int) throws -> SymbolicTensor {
    var maps = clip
    for stage in 0..<stages {
      let convolution = Conv2D(
        filters: min(8 << stage, 32), kernelSize: 3, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: "conv_\(stage + 1)")
      maps = try TimeDistributed(MaxPooling2D())(maps, name: "pool_\(stage + 1)")
    }
    let vectors = try apply(eachFrame(vectorizing(.sequential)), to: maps, name: "vectors")
    return try LSTM(units: width)(vectors, name: "lstm")
  }

  /// `[ConvLSTM2D, MaxPool] × n`, then the maximum of each channel; `width` is the number of filters.
  private func integratedFeatures(_ clip: SymbolicTensor, width: Int) throws -> SymbolicTensor {
    var maps = clip
    for stage in 0..<stages {
      let isLast = stage == stages - 1
      maps = try ConvLSTM2D(
        filters: width, kernelSize: 3, padding: .same, returnSequences: !isLast)(
          maps, name: "conv_lstm_\(stage + 1)")
      if !isLast { maps = try TimeDistributed(MaxPooling2D())(maps, name: "pool_\(stage + 1)") }
    }
    return try apply(vectorizing(.integrated), to: maps, name: "vector")
  }

  /// The model of a family in a line.
  public func summary(_ family: Family, width: Int) -> String {
    switch family {
    case .sequential:
      "\(stages) stages of convolution and pooling a frame, \(head(of: family).text), LSTM of \(width) units"
    case .integrated:
      "\(stages) ConvLSTM2D layers of \(width) filters with pooling, \(head(of: family).text)"
    }
  }

  private func eachFrame(_ layer: some UnaryLayer) -> TimeDistributed { TimeDistributed(layer) }

  private func apply(_ layer: some Layer, to maps: SymbolicTensor, name: String) throws -> SymbolicTensor {
    try layer(maps, name: name)
  }
}
