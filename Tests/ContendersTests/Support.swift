import Autodiff
import Contenders
import Layers
import TensorCore
import Training

/// Squall's own; what tests register begins with `test-`.
let forecasterNames = Contenders.forecasterNames.filter { !$0.hasPrefix("test-") }
let classifierNames = Contenders.classifierNames.filter { !$0.hasPrefix("test-") }

/// A signature with a name for test reports, small enough to build and run in a moment.
struct ForecastCase: CustomStringConvertible, Sendable {
  /// What is to be built, with options.
  var text: String
  var signature: ForecastSignature
  var description: String {
    "\(text) \(signature.inputFrames)→\(signature.forecastFrames), \(signature.channels) channels, "
      + "\(signature.background)\(signature.isResidual ? ", residual" : "") "
      + (signature.decoding?.rawValue ?? "")
  }

  var contender: any ForecastContender { get throws { try Contenders.forecaster(text) } }

  /// Random inputs of the model of this signature, without previous frames.
  func inputs(batch: Int = 2, seed: UInt64 = 8) -> [Tensor] {
    var random = RandomStream(seed: seed)
    let (height, width) = (signature.height, signature.width)
    let frames = random.normal(shape: [batch, signature.inputFrames, height, width, signature.channels])
    return signature.background.isNowcast
      ? [frames, random.normal(shape: [batch, signature.forecastFrames, height, width, 1])] : [frames]
  }

  var outputShape: Shape { [2, signature.forecastFrames, signature.height, signature.width, 1] }

  /// Forecasters with options under which they take frames of 16 × 24 pixels.
  static let contenders = forecasterNames.map { $0 == "unet" ? "unet:stages=3" : $0 }

  /// Odd lengths, one frame, several channels, with and without guidance, residual and not, each way of decoding.
  static let all: [ForecastCase] = contenders.flatMap { text in
    var cases: [ForecastCase] = []
    for (input, forecast, channels) in [(3, 5, 2), (5, 3, 1), (1, 1, 1), (4, 1, 3)] {
      for background in ForecastBackground.allCases {
        var signature = ForecastSignature(
          inputFrames: input, forecastFrames: forecast, height: 16, width: 24, channels: channels)
        signature.background = background
        signature.isResidual = (input + channels) % 2 == (background.isNowcast ? 0 : 1)
        cases.append(ForecastCase(text: text, signature: signature))
      }
    }
    for decoding in (try? Contenders.forecaster(text).decodings) ?? [] {
      var signature = ForecastSignature(inputFrames: 3, forecastFrames: 4, height: 16, width: 24)
      signature.decoding = decoding
      signature.isResidual = true
      cases.append(ForecastCase(text: text, signature: signature))
    }
    return cases
  }
}

/// The model with something added to weights that are zero, so that a residual model adds something to its background.
func shaken(_ model: ModelGraph, seed: UInt64 = 6) -> ModelGraph {
  var (model, random) = (model, RandomStream(seed: seed))
  model.visitParameters { _, parameter in
    guard parameter.isTrainable, parameter.value.values.allSatisfy({ $0 == 0 }) else { return }
    parameter.value = parameter.value + 0.2 * random.normal(shape: parameter.value.shape)
  }
  return model
}

struct ClassificationCase: CustomStringConvertible, Sendable {
  var text: String
  var signature: ClassificationSignature
  var description: String {
    "\(text) \(signature.frames) frames, \(signature.channels) channels, \(signature.head?.rawValue ?? "own head")"
  }

  var contender: any ClassificationContender { get throws { try Contenders.classifier(text) } }

  func clip(batch: Int = 2, seed: UInt64 = 8) -> Tensor {
    var random = RandomStream(seed: seed)
    return random.normal(
      shape: [batch, signature.frames, signature.height, signature.width, signature.channels])
  }

  /// Odd lengths, one frame, several channels, every head.
  static let all: [ClassificationCase] = classifierNames.flatMap { text in
    let heads = [nil] + ClassificationHead.allCases.map { $0 }
    return zip([(4, 1), (5, 3), (1, 1), (7, 2)], heads).map { lengths, head in
      ClassificationCase(
        text: text,
        signature: ClassificationSignature(
          frames: lengths.0, height: 12, width: 20, channels: lengths.1, classes: 3, head: head))
    }
  }
}

func difference(_ a: Tensor, _ b: Tensor) -> Float {
  a.shape == b.shape ? zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

/// Losses of some steps of Adam on one batch.
func losses(
  of model: inout ModelGraph, steps: Int, rate: Float = 0.003,
  _ loss: (ModelGraph, inout Context) throws -> Tensor
) throws -> [Float] {
  var optimizer = try Optimizer(Adam(learningRate: Double(rate)))
  return try (1...steps).map { step in
    var context = Context(isTraining: true, random: RandomStream(seed: 1).substream(step))
    let (value, gradients) = try valueAndGradient(at: model) { try loss($0, &context) }
    try optimizer.update(&model, along: gradients)
    model.apply(context)
    return value.scalar
  }
}

extension RandomStream {
  static func normal(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed)
    return random.normal(shape: shape)
  }
}
