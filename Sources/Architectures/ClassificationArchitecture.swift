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
  /// How often convolution (or ConvLSTM) and pooling follow each other.
  public var stages: Int
  /// How maps become the vector that the head sees; `nil` for what is usual in a family: sequential flattens each
  /// frame before its LSTM, integrated takes the maximum of each channel after its last ConvLSTM2D.
  public var head: ClassificationHead?

  public init(
    frames: Int, height: Int, width: Int, channels: Int, classes: Int, stages: Int = 2,
    head: ClassificationHead? = nil
  ) {
    self.frames = frames
    self.height = height
    self.width = width
    self.channels = channels
    self.classes = classes
    self.stages = stages
    self.head = head
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
    let clip = try builder.input([nil, frames, height, self.width, channels], name: "clip")
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
