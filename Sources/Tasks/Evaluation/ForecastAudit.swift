import Contenders
import Readers
import Sampling
import TensorCore

extension TrainedForecaster {
  /// Whether the forecaster's forecasts move when frames after its input change; see `CausalityAudit`.
  ///
  /// Frames of the field and of the extra channels are replaced by noise behind the data preparation, and the model's
  /// input is made anew.
  ///
  /// - Parameters:
  ///   - events: The data.
  ///   - samples: How many forecasts, spread evenly over the data.
  ///   - seed: What the noise depends on.
  /// - Throws: `ForecastingError` for data of another kind; what reading and the model throw.
  public func audit(
    on events: PreparedEvents, samples: Int = 4, seed: UInt64 = 1
  ) throws -> CausalityAudit.Finding {
    try audit(on: events, samples: samples, seed: seed) {
      try AutoregressiveDecoding.forecast(model, inputs($0))
    }
  }

  /// What the model takes of a batch of which only the observed frames may count.
  private func inputs(_ batch: SequenceBatch) throws -> [Tensor] {
    let guidance = ForecastGuidance(of: self)
    guard guidance.background != nil || guidance.coordinates == .lagrangian else { return [batch.input] }
    // Motion is found in the tile alone here, so that only what the batch holds can move the forecast.
    let (count, frames) = (batch.input.shape[0], batch.input.shape[1])
    let (height, width, channels) = (batch.input.shape[2], batch.input.shape[3], batch.input.shape[4])
    let values = batch.input.values
    var (background, aligned): ([Float], [Float]) = ([], [])
    for sample in 0..<count {
      let observed = try (0..<frames).map { frame in
        let start = (sample * frames + frame) * height * width
        return try Frame(
          shape: FrameShape(height: height, width: width),
          values: (start..<start + height * width).map { notes.normalizer.denormalize(values[$0 * channels]) }
        )
      }
      let fields = try guidance.fields(after: observed)
      background += (fields.background ?? []).joined().map { notes.normalizer.normalize($0) }
      aligned += (fields.aligned ?? []).joined()
    }
    let input =
      aligned.isEmpty
      ? batch.input
      : LagrangianInput.replacingField(
        of: batch.input, by: Tensor(aligned, shape: [count, frames, height, width, 1]),
        normalizer: notes.normalizer, hasMask: notes.masksInput)
    return background.isEmpty
      ? [input] : [input, Tensor(background, shape: [count, notes.forecastFrames, height, width, 1])]
  }

  /// The audit of something that takes the batches of this forecaster.
  package func audit(
    on events: PreparedEvents, samples: Int = 4, seed: UInt64 = 1,
    forecast: (SequenceBatch) throws -> Tensor
  ) throws -> CausalityAudit.Finding {
    // Refuses data and extra channels that are not those of the training.
    _ = try prepared(events)
    let averaged = try events.averaged(by: notes.downsampling)
    let field = CachedSource(try EventSequence(averaged.sources))
    let auxiliary = try zip(averaged.extras, notes.extras).map { extra, known in
      AuxiliaryChannels(
        extra.isStatic
          ? extra.source(0) : try EventSequence(averaged.sources.indices.map { extra.source($0) }),
        normalizer: known.normalizer)
    }
    let builder = try BatchBuilder(
      source: field, normalizer: notes.normalizer, addsMaskChannel: notes.masksInput, auxiliary: auxiliary)
    let windows = try events.leavingOutLookahead(
      WindowIndex(of: field, inputFrames: notes.inputFrames, forecastFrames: notes.forecastFrames))
    let size = tileSize ?? (field.shape.height, field.shape.width)
    guard size.height <= field.shape.height, size.width <= field.shape.width else {
      throw ForecastingError(
        .otherData, in: "data", expected: "frames of \(size.height) × \(size.width) pixels or more",
        received: "\(field.shape.height) × \(field.shape.width)", remedy: "Audit on larger frames.")
    }
    // In the middle, where something is measured.
    let tile = Tile(
      row: (field.shape.height - size.height) / 2, column: (field.shape.width - size.width) / 2,
      height: size.height, width: size.width)
    let count = min(max(1, samples), windows.count)
    return try CausalityAudit.audit(
      builder: builder,
      samples: (0..<count).map { Sample(window: windows[$0 * windows.count / count], tile: tile) },
      seed: seed, forecast: forecast)
  }
}

extension CausalityAudit.Finding {
  /// The finding in a sentence.
  public var summary: String {
    func text(_ value: Float) -> String { "\(value)" }
    guard isConclusive else {
      return "causality: nothing is proved, for the forecast does not move when its input changes either"
    }
    return isCausal
      ? "causality: the forecast does not move when the frames after its input change (by \(text(changeByFuture)); "
        + "by \(text(changeByInput)) when the input does)"
      : "causality: the forecast moves by \(text(changeByFuture)) when the frames after its input change"
        + (leakingFrame.map { ", most by frame \($0 + 1) after it" } ?? "")
  }
}
