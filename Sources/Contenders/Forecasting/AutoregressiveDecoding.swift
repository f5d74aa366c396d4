import Autodiff
import Layers
import TensorCore

/// Runs forecasters whose decoder reads the frame before, ``ForecastDecoding/autoregressive``.
///
/// Such a model has one input more, ``previousInput``. In training it holds the true frames (teacher forcing), or for
/// some leads the model's own ones (scheduled sampling, Bengio et al. 2015); in use always the model's own: truth
/// that a caller hands in is not looked at then. Other models are called as they are.
public enum AutoregressiveDecoding {
  /// The name of the last input, `[batch, forecastFrames, height, width, 1]`: at lead k the frame at lead k − 1, and
  /// at the first lead the last observed one.
  public static let previousInput = "previous"

  /// Whether the decoder of a model reads the frame before.
  public static func isUsed(by model: ModelGraph) -> Bool { model.inputs.last?.name == previousInput }

  /// The first output of a model, `[batch, forecastFrames, height, width, 1]` of a forecaster.
  ///
  /// In inference a decoder that reads the frame before is run frame by frame with kept states (`FrameByFrame`). In
  /// training it is run once over all leads. If some of them shall read the model's own forecast, a pass frame by
  /// frame without gradients makes that first, in which each forecast follows from the mixture so far, as Bengio et
  /// al. have it; the parallel approximations (Mihaylova and Martins 2019) would save nothing here, since recurrent
  /// layers go step by step anyway. No gradient flows through what is read.
  ///
  /// - Parameters:
  ///   - model: Any model.
  ///   - inputs: What the model takes without the previous frames. In training these follow, the true ones, and then
  ///     perhaps a choice, `[batch, forecastFrames, 1, 1, 1]`: 1 where the own forecast is read instead.
  ///   - context: Says whether this is training.
  /// - Throws: `ShapeError` if the inputs do not fit.
  public static func output(
    _ model: ModelGraph, _ inputs: [Tensor], _ context: inout Context
  ) throws -> Tensor {
    guard isUsed(by: model) else { return try model.call(inputs, context: &context)[0] }
    let count = model.inputs.count - 1
    let known = Array(inputs.prefix(count))
    guard known.count == count, inputs.count > count || !context.isTraining else {
      throw ShapeError(
        .wrongInputCount, in: model.name,
        expected: "\(count) inputs, and in training the true previous frames after them",
        received: "\(inputs.count)",
        remedy: "Give one tensor for each of: \(model.inputs.map(\.name).joined(separator: ", ")).")
    }
    guard context.isTraining else { return try FrameByFrame(model)(known, context: &context).forecast }
    var previous = inputs[count]
    if inputs.count > count + 1, inputs[count + 1].withUnsafeValues({ $0.contains { $0 != 0 } }) {
      var still = model
      still.visitParameters { $1.value = $1.value.detached }
      var inference = Context.inference
      previous = try FrameByFrame(still)(
        known, mixing: (truth: previous, own: inputs[count + 1]), context: &inference
      ).previous
    }
    return try model.call(known + [previous], context: &context)[0]
  }

  /// The first output of a model in inference; see ``output(_:_:_:)``.
  ///
  /// - Parameters:
  ///   - model: Any model.
  ///   - inputs: What the model takes without the previous frames.
  /// - Throws: `ShapeError` if the inputs do not fit.
  public static func forecast(_ model: ModelGraph, _ inputs: [Tensor]) throws -> Tensor {
    var context = Context.inference
    return try output(model, inputs, &context)
  }

  /// The last observed frame, `[batch, 1, height, width, 1]`.
  static func lastFrame(_ frames: Tensor) -> Tensor {
    let last = frames.shape[1] - 1
    let frame = frames.slice(axis: 1, last..<last + 1)
    return frame.shape[4] == 1 ? frame : frame.slice(axis: 4, 0..<1)
  }
}
