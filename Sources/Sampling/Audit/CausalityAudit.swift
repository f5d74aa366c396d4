import Foundation
import Readers
import TensorCore

/// Whether a forecaster looks at what it shall forecast: frames after the input are changed at random, and the
/// forecast must not move; frames of the input are changed, and it should.
///
/// A model can see the future in many ways that its score does not betray: a convolution over time that is padded on
/// both sides, a bidirectional layer, a target that slipped into the input, a normaliser fitted on the test.
public enum CausalityAudit {
  /// What an audit found.
  public struct Finding: Equatable, Codable, Sendable {
    /// The largest change of a forecast value when frames after the input are changed; 0 for an honest model.
    public var changeByFuture: Float
    /// The largest difference of two forecasts from the very same frames.
    public var noise: Float
    /// The largest change when frames of the input are changed; 0 means that the audit proves nothing, since the
    /// forecast is the same whatever happens.
    public var changeByInput: Float
    /// The frame, counted from the first after the input, whose change alone moves the forecast most, if any does.
    public var leakingFrame: Int?

    /// Whether the forecast does not move with the future.
    public var isCausal: Bool { changeByFuture <= noise }
    /// Whether the forecast depends on its input at all.
    public var isConclusive: Bool { changeByInput > noise }

    /// - Throws: `DataError` of kind `leakage` if the forecast moved.
    public func check() throws {
      guard !isCausal else { return }
      throw DataError(
        .leakage, expected: "a forecast that does not change with the frames after its input",
        received: "a change of \(changeByFuture)"
          + (leakingFrame.map { ", most by frame \($0 + 1) after the input" } ?? ""),
        remedy:
          "The forecaster sees what it shall forecast: look at padding in time, bidirectional layers, and "
          + "how its input is cut out.")
    }
  }

  /// Audits a forecaster that is handed a whole window and should look at its first frames only.
  ///
  /// - Parameters:
  ///   - window: `[batch, inputFrames + forecastFrames, height, width, channels]`, as the forecaster takes it.
  ///   - inputFrames: How many frames it may look at.
  ///   - seed: What random choices depend on.
  ///   - forecast: What is audited.
  /// - Throws: `DataError` if the window has no frame after the input; what the forecaster throws.
  public static func audit(
    window: Tensor, inputFrames: Int, seed: UInt64 = 1, forecast: (Tensor) throws -> Tensor
  ) throws -> Finding {
    guard window.rank == 5, inputFrames >= 1, inputFrames < window.shape[1], window.count > 0 else {
      throw DataError(
        .wrongShape, expected: "[batch, time, height, width, channels] with frames after \(inputFrames)",
        received: "\(window.shape)", remedy: "Pass the input frames and those that follow.")
    }
    let frames = window.shape[1]
    return try find(futureFrames: frames - inputFrames, forecast(window), again: { try forecast(window) }) {
      try forecast(perturbed(window, frames: inputFrames..<frames, seed: seed))
    } frameChanged: {
      try forecast(perturbed(window, frames: inputFrames + $0..<inputFrames + $0 + 1, seed: seed))
    } inputChanged: {
      try forecast(perturbed(window, frames: 0..<inputFrames, seed: seed))
    }
  }

  /// Audits a forecaster behind its data: frames after the input are changed in the source, and batches are built
  /// from it anew.
  ///
  /// - Parameters:
  ///   - builder: With the source and the fitted normaliser that the forecaster is used with.
  ///   - samples: Which samples to forecast.
  ///   - seed: What random choices depend on.
  ///   - forecast: What is audited; it gets everything that a batch holds.
  /// - Throws: What reading and the forecaster throw.
  public static func audit(
    builder: BatchBuilder, samples: [Sample], seed: UInt64 = 1,
    forecast: (SequenceBatch) throws -> Tensor
  ) throws -> Finding {
    guard let first = samples.first else {
      throw DataError(
        .invalidOption, expected: "at least one sample", received: "none", remedy: "Pass some samples.")
    }
    func forecasts(_ frames: ((Window) -> Range<Int>)?) throws -> [Float] {
      // Each sample by itself: what is the future of one is the input of another.
      try samples.flatMap { sample in
        guard let frames else { return try forecast(builder.batch([sample])).values }
        func perturbed(_ source: any FrameSource) -> any FrameSource {
          // What never changes is known beforehand.
          source.count == 1
            ? source : PerturbedSource(base: source, frames: frames(sample.window), seed: seed)
        }
        let changed = BatchBuilder(
          source: perturbed(builder.source), normalizer: builder.normalizer,
          addsMaskChannel: builder.addsMaskChannel,
          unchecked: builder.auxiliary.map {
            AuxiliaryChannels(perturbed($0.source), normalizer: $0.normalizer)
          })
        return try forecast(changed.batch([sample])).values
      }
    }
    func tensor(_ values: [Float]) -> Tensor { Tensor(values, shape: [values.count]) }
    return try find(
      futureFrames: first.window.target.count, tensor(forecasts(nil)), again: { try tensor(forecasts(nil)) }
    ) {
      try tensor(forecasts { $0.target.lowerBound..<builder.source.count })
    } frameChanged: { place in
      try tensor(forecasts { $0.target.lowerBound + place..<$0.target.lowerBound + place + 1 })
    } inputChanged: {
      try tensor(forecasts { $0.input })
    }
  }

  /// Audits a model that gives an output for every frame of its input, as for next-frame prediction: the output at a
  /// frame must not depend on later frames.
  ///
  /// - Parameters:
  ///   - sequence: `[batch, time, height, width, channels]`
  ///   - seed: What random choices depend on.
  ///   - model: Gives `[batch, time, …]`.
  /// - Throws: `DataError` if the output has no such axes; what the model throws.
  public static func auditSteps(
    sequence: Tensor, seed: UInt64 = 1, model: (Tensor) throws -> Tensor
  ) throws -> Finding {
    let output = try model(sequence)
    guard sequence.rank == 5, sequence.shape[1] >= 2, output.rank >= 2, output.shape[1] == sequence.shape[1]
    else {
      throw DataError(
        .wrongShape, expected: "an output for each of two or more frames, [batch, time, …]",
        received: "\(sequence.shape) to \(output.shape)", remedy: "Audit whole windows instead.")
    }
    let frames = sequence.shape[1]
    let middle = frames / 2
    func early(_ tensor: Tensor) -> Tensor { Movement.slice(tensor, axis: 1, 0..<middle) }
    return try find(futureFrames: frames - middle, early(output), again: { try early(model(sequence)) }) {
      try early(model(perturbed(sequence, frames: middle..<frames, seed: seed)))
    } frameChanged: {
      try early(model(perturbed(sequence, frames: middle + $0..<middle + $0 + 1, seed: seed)))
    } inputChanged: {
      try early(model(perturbed(sequence, frames: 0..<middle, seed: seed)))
    }
  }

  // MARK: Parts

  private static func find(
    futureFrames: Int, _ plain: Tensor, again: () throws -> Tensor, futureChanged: () throws -> Tensor,
    frameChanged: (Int) throws -> Tensor, inputChanged: () throws -> Tensor
  ) throws -> Finding {
    var finding = Finding(
      changeByFuture: difference(plain, try futureChanged()), noise: difference(plain, try again()),
      changeByInput: difference(plain, try inputChanged()), leakingFrame: nil)
    guard !finding.isCausal else { return finding }
    let changes = try (0..<futureFrames).map { difference(plain, try frameChanged($0)) }
    finding.leakingFrame = changes.indices.filter { changes[$0] > finding.noise }.max {
      changes[$0] < changes[$1]
    }
    return finding
  }

  /// The largest difference; a NaN in one of them alone is an infinite one.
  private static func difference(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.values, b.values).reduce(a.count == b.count ? 0 : .infinity) { largest, pair in
      if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return largest }
      let difference = abs(pair.0 - pair.1)
      return max(largest, difference.isNaN ? .infinity : difference)
    }
  }

  /// Some frames replaced by noise of the scale of all values.
  private static func perturbed(_ tensor: Tensor, frames: Range<Int>, seed: UInt64) -> Tensor {
    var random = RandomStream(seed: seed).substream("causality audit")
    let size = tensor.count / (tensor.shape[0] * tensor.shape[1])
    return tensor.withUnsafeValues { source in
      let scale = source.reduce(Float(1)) { max($0, abs($1)) }
      return Tensor(shape: tensor.shape) { buffer in
        for index in source.indices {
          let isChanged = frames.contains(index / size % tensor.shape[1])
          buffer.initializeElement(at: index, to: isChanged ? scale * random.normal() : source[index])
        }
      }
    }
  }
}

/// Another source with some frames replaced by noise, missing pixels by valid ones and the other way round.
struct PerturbedSource: FrameSource {
  let base: any FrameSource
  let frames: Range<Int>
  let seed: UInt64

  var count: Int { base.count }
  var shape: FrameShape { base.shape }
  var timestamps: [Date]? { base.timestamps }
  var nominalStep: Double? { base.nominalStep }
  var unit: PhysicalUnit { base.unit }
  var events: [Range<Int>] { base.events }

  func frame(at index: Int) throws -> Frame {
    let frame = try base.frame(at: index)
    guard frames.contains(index) else { return frame }
    var random = RandomStream(seed: seed).substream("causality audit").substream(index)
    let scale = frame.values.reduce(Float(1)) { max($0, abs($1)) }
    return try Frame(
      shape: frame.shape, values: frame.values.map { _ in scale * abs(random.normal()) },
      isValid: frame.isValid.map { _ in random.uniform() < 0.9 }, time: frame.time)
  }
}
