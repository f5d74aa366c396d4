import Contenders
import Foundation
import Layers
import Readers
import Sampling
import Support
import TensorCore
import Training

/// A trained model from its file, with what the file says of its data.
public enum StoredModel: Sendable {
  case forecaster(TrainedForecaster)
  case classifier(TrainedClassifier)

  /// Reads `model.squall` (or `last.squall`: the model as training left it). A folder stands for the `model.squall`
  /// in it.
  ///
  /// - Throws: `SafeTensorsError` and `CheckpointError` for files that cannot be read, are damaged or something
  ///   else; `ForecastingError` for a model that does not say what data it takes.
  public init(contentsOf url: URL) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    let file = exists && isFolder.boolValue ? url.appending(path: "model.squall") : url
    let checkpoint = try Checkpoint(contentsOf: file)
    let isClassifier =
      checkpoint.notes["task"].map { $0 == "classify" } ?? (checkpoint.notes["classes"] != nil)
    self =
      isClassifier
      ? .classifier(try TrainedClassifier(checkpoint)) : .forecaster(try TrainedForecaster(checkpoint))
  }

  /// The forecaster.
  ///
  /// - Throws: `ForecastingError` if the model is a classifier.
  public func forecaster() throws -> TrainedForecaster {
    guard case .forecaster(let model) = self else {
      throw ForecastingError(
        .unusableModel, in: "model", expected: "a model that forecasts frames", received: "a classifier",
        remedy: "Use squall classify for it, or another model.")
    }
    return model
  }

  /// The classifier.
  ///
  /// - Throws: `ForecastingError` if the model is a forecaster.
  public func classifier() throws -> TrainedClassifier {
    guard case .classifier(let model) = self else {
      throw ForecastingError(
        .unusableModel, in: "model", expected: "a classifier of clips",
        received: "a model that forecasts frames",
        remedy: "Use squall forecast for it, or another model.")
    }
    return model
  }
}

/// A model that forecasts frames.
public struct TrainedForecaster: Sendable {
  public let model: ModelGraph
  public let notes: ForecastNotes

  /// - Throws: `ForecastingError` that names what is wrong with each input or the output.
  public init(model: ModelGraph, notes: ForecastNotes) throws {
    try ForecasterInputs.check(model, notes)
    self.model = model
    self.notes = notes
  }

  init(_ checkpoint: Checkpoint) throws {
    try self.init(model: checkpoint.model(), notes: ForecastNotes(checkpoint.notes))
  }

  /// Height and width of the tiles that the model was built for; `nil` if it takes any.
  public var tileSize: (height: Int, width: Int)? {
    let shape = model.inputs[0].shape
    guard let height = shape[-3], let width = shape[-2] else { return nil }
    return (height, width)
  }

  /// Sequences as the model takes them: checked, averaged over pixels, extra channels behind those of the field.
  ///
  /// - Parameters:
  ///   - events: The sequences.
  ///   - resampling: Whether they are brought to the model's pixel size.
  /// - Throws: `ForecastingError` if unit, channels, interval or pixel size are not those of the training.
  public func prepared(_ events: PreparedEvents, resampling: Bool = false) throws -> [any FrameSource] {
    try events.sources.enumerated().map { number, source in
      try prepared(
        source, auxiliary: events.extras.map { ($0.name, $0.source(number)) }, resampling: resampling)
    }
  }

  /// One sequence as the model takes it, with the names and frames of auxiliary channels.
  ///
  /// - Parameters:
  ///   - source: The sequence as it was opened.
  ///   - auxiliary: Names and frames of the auxiliary channels.
  ///   - resampling: Whether the sequence is brought to the model's pixel size, whatever its own.
  ///   - picksFrames: Whether frames at the model's interval are picked from it, so that it may have more of them.
  /// - Throws: `ForecastingError` if unit, channels, interval or pixel size are not those of the training.
  public func prepared(
    _ source: any FrameSource, auxiliary: [(name: String, source: any FrameSource)] = [],
    resampling: Bool = false, picksFrames: Bool = false
  ) throws -> any FrameSource {
    guard source.unit == notes.unit else {
      throw ForecastingError(
        .otherData, in: "data", expected: "values in \(notes.unit.rawValue), on which the model was trained",
        received: "values in \(source.unit.rawValue)", remedy: "Convert the data, or name their unit.")
    }
    try check(auxiliary)
    let channels = model.inputs[0].shape[-1].map { channels in
      channels - notes.extras.reduce(0) { $0 + $1.channels } - (notes.masksInput ? 1 : 0)
    }
    guard channels == nil || channels == source.shape.channels else {
      throw ForecastingError(
        .otherData, in: "data", expected: "frames of \(channels ?? 1) channels",
        received: "\(source.shape.channels)", remedy: "Use data like those of the training.")
    }
    try checkInterval(of: source, picksFrames: picksFrames)
    try checkPixels(of: source, resampling: resampling)
    let stacked = auxiliary.isEmpty ? source : try StackedSource(source, auxiliary: auxiliary.map(\.source))
    if resampling, let size = notes.pixelSize {
      return try ResampledSource(stacked, pixelWidth: size.width, pixelHeight: size.height)
    }
    return notes.downsampling > 1 ? try DownsampledSource(stacked, factor: notes.downsampling) : stacked
  }

  /// Refuses extra channels that are not those of the training.
  private func check(_ auxiliary: [(name: String, source: any FrameSource)]) throws {
    func text(_ name: String, _ channels: Int, _ unit: PhysicalUnit) -> String {
      "\(name) (\(channels == 1 ? "one channel" : "\(channels) channels"), \(unit.rawValue))"
    }
    let known = notes.extras
    guard auxiliary.count == known.count,
      zip(auxiliary, known).allSatisfy({
        $0.source.shape.channels == $1.channels && $0.source.unit == $1.unit
      })
    else {
      let expected = known.map { text($0.name, $0.channels, $0.unit) }.joined(separator: ", ")
      let received = auxiliary.map { text($0.name, $0.source.shape.channels, $0.source.unit) }
        .joined(separator: ", ")
      throw ForecastingError(
        .otherData, in: "data",
        expected: known.isEmpty
          ? "no extra channels, as in training" : "the extra channels of the training: \(expected)",
        received: auxiliary.isEmpty ? "none" : received,
        remedy: known.isEmpty ? "Leave --extra out." : "Give each by --extra, in this order.")
    }
  }

  /// The normaliser of each channel of ``prepared(_:auxiliary:)``.
  func normalizers(channels: Int) -> [StoredNormalizer] {
    let extra = notes.extras.flatMap { [StoredNormalizer](repeating: $0.normalizer, count: $0.channels) }
    return [StoredNormalizer](repeating: notes.normalizer, count: max(0, channels - extra.count)) + extra
  }
}

/// A model that says what a clip shows.
public struct TrainedClassifier: Sendable {
  public let model: ModelGraph
  public let notes: ClassifierNotes

  public init(model: ModelGraph, notes: ClassifierNotes) throws {
    guard model.inputs.count == 1, model.outputShapes.first?[-1] == notes.classes.count else {
      throw ForecastingError(
        .unusableModel, in: "model",
        expected: "one input and one output for each of \(notes.classes.count) classes",
        received: "\(model.inputs.count) inputs and \(model.outputShapes)",
        remedy: "Use a model.squall that squall train or squall compare wrote.")
    }
    self.model = model
    self.notes = notes
  }

  init(_ checkpoint: Checkpoint) throws {
    try self.init(model: checkpoint.model(), notes: ClassifierNotes(checkpoint.notes))
  }

  /// Refuses clips that the model cannot take.
  ///
  /// - Throws: `ForecastingError`.
  public func check(_ clips: LabeledClips) throws {
    let shape: Shape = [
      1, clips.frames, clips.shape.height, clips.shape.width, clips.shape.channels,
    ]
    guard model.inputs[0].shape.accepts(shape) else {
      throw ForecastingError(
        .otherData, in: "data", expected: "clips \(model.inputs[0].shape)", received: "\(shape)",
        remedy: "Resize or cut the clips as for the training.")
    }
  }

  /// Sequences as clips of the model's length; of longer ones the middle part.
  ///
  /// - Throws: `ForecastingError` for a sequence that is too short or of another size than the first; what reading
  ///   throws.
  public func clips(of sequences: [any FrameSource]) throws -> LabeledClips {
    guard let first = sequences.first, let frames = model.inputs[0].shape[1] ?? sequences.map(\.count).min()
    else {
      throw ForecastingError(
        .otherData, in: "data", expected: "at least one clip", received: "none", remedy: "Check the data.")
    }
    var values: [Float] = []
    for (number, sequence) in sequences.enumerated() {
      guard sequence.count >= frames, sequence.shape == first.shape else {
        throw ForecastingError(
          .otherData, in: "clip \(number)", expected: "\(frames) frames of \(first.shape) or more",
          received: "\(sequence.count) of \(sequence.shape)", remedy: "Leave it out, or resize with --size.")
      }
      let start = (sequence.count - frames) / 2
      for index in start..<start + frames { values += try sequence.frame(at: index).values }
    }
    let none = [Int](repeating: 0, count: sequences.count)
    return try LabeledClips(
      values: values, frames: frames, shape: first.shape, labels: none, classNames: ["unknown"],
      groups: Array(sequences.indices), unit: first.unit)
  }

  /// The probability of each class for each of some clips, `[clip][class]`.
  ///
  /// - Throws: `ForecastingError` for clips that the model cannot take.
  public func probabilities(of clips: LabeledClips, _ indices: [Int], batchSize: Int = 16) throws -> [[Float]]
  {
    try check(clips)
    var rows: [[Float]] = []
    for start in stride(from: 0, to: indices.count, by: batchSize) {
      try Task.checkCancellation()
      let part = Array(indices[start..<min(indices.count, start + batchSize)])
      let values = try model(clips.batch(part).input).values
      let classes = notes.classes.count
      for row in part.indices { rows.append(Array(values[row * classes..<(row + 1) * classes])) }
    }
    return rows
  }
}

/// A number without needless digits.
func short(_ value: Double) -> String { NumberText.plain(value, digits: 4) }
