import Layers
import TensorCore

/// What a clip classifier takes and gives, whatever its architecture.
public struct ClassificationSignature: Hashable, Codable, Sendable {
  /// Frames of a clip.
  public var frames: Int
  /// The height and width of the frames, in pixels.
  public var height: Int
  public var width: Int
  public var channels: Int
  /// How many classes; the output is the probability of each.
  public var classes: Int
  /// How often convolution (or ConvLSTM) and pooling follow each other;
  /// ``usualStages(height:width:)`` unless stated.
  public var stages: Int
  /// How maps become the vector that the head sees; `nil` for the contender's own choice.
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

  /// The classifier of a contender. Input `[batch, frames, height, width, channels]`, output `[batch, classes]`.
  ///
  /// - Throws: `ShapeError` if the frames are too small for the stages.
  public func model(
    _ contender: any ClassificationContender, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> ModelGraph {
    try build(contender, width: width, initialization: initialization).model
  }

  func build(
    _ contender: any ClassificationContender, width: Int, initialization: GraphBuilder.Initialization
  ) throws -> (model: ModelGraph, parameterCount: Int) {
    let builder = GraphBuilder(
      name: contender.name.replacing("-", with: "_") + "_classifier", initialization: initialization)
    var clip = try builder.input([nil, frames, height, self.width, channels], name: "clip")
    if !scale.isEmpty { clip = try Rescaling(scale: scale, offset: offset)(clip, name: "standardized") }
    let features = try contender.features(clip, signature: self, width: width)
    let classes = try Dense(units: classes, activation: .softmax)(features, name: "classes")
    return (try builder.model(outputs: [classes]), builder.parameterCount)
  }

  /// The model of a contender in a line.
  public func summary(_ contender: any ClassificationContender, width: Int) -> String {
    contender.summary(self, width: width)
  }
}
