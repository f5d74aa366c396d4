import Contenders
import Foundation
import Readers
import Sampling
import Training

/// What a model file says of the data that its model takes, so that using it needs nothing but the model and data.
///
/// Each is a note of the checkpoint: text under a name of its own.
public struct ForecastNotes: Sendable {
  public var normalizer: StoredNormalizer
  public var unit: PhysicalUnit
  public var inputFrames: Int
  public var forecastFrames: Int
  /// Pixels averaged into one along each axis.
  public var downsampling: Int
  /// Minutes between frames, where known.
  public var stepMinutes: Double?
  public var grid: GridMetadata?
  /// The times that training and validation saw, where known.
  public var trainedFrom: Date?
  public var trainedUntil: Date?
  /// How many frames (from the first) they saw, for data without times.
  public var trainedFrames: Int?
  /// How the training's data were divided.
  public var split: StoredSplit?
  /// What the trainings saw from which this one went on.
  public var earlier: [SeenData] = []
  /// What the model sees beside the field, in this order.
  public var extras: [ExtraDescription] = []
  /// Every choice of the training, where known: what scores on the same test part and trains again.
  public var settings: ForecastSettings?
  /// What the training's data look like to the model, where known.
  public var profile: DataProfile?
  /// How good the model was on data that it was not fitted to, where known.
  public var skill: ModelSkill?
  /// The contender as options name it, and its width, where known; the graph is what counts.
  public var contender: String?
  public var width: Int?

  public init(
    normalizer: StoredNormalizer, unit: PhysicalUnit, inputFrames: Int, forecastFrames: Int,
    downsampling: Int,
    stepMinutes: Double?, grid: GridMetadata?, trainedFrom: Date? = nil, trainedUntil: Date? = nil,
    trainedFrames: Int? = nil
  ) {
    self.normalizer = normalizer
    self.unit = unit
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
    self.downsampling = downsampling
    self.stepMinutes = stepMinutes
    self.grid = grid
    self.trainedFrom = trainedFrom
    self.trainedUntil = trainedUntil
    self.trainedFrames = trainedFrames
  }

  /// Whether the model's input has a mask channel behind everything else.
  public var masksInput: Bool { settings?.masksInput ?? false }

  /// Width and height in kilometres of a pixel as the model sees it, where known.
  public var pixelSize: (width: Double, height: Double)? {
    if let width = profile?.pixelWidth, let height = profile?.pixelHeight { return (width, height) }
    return grid?.pixelSize.map { ($0.width * Double(downsampling), $0.height * Double(downsampling)) }
  }

  /// What this training and those before it saw.
  var seenData: [SeenData] {
    earlier + [SeenData(from: trainedFrom, until: trainedUntil, frames: trainedFrames, split: split)]
  }

  /// What is to be known of prepared data.
  ///
  /// - Throws: What reading throws.
  public init(_ data: PreparedSequences) throws {
    let (joined, seen) = (data.joined, data.split.seen)
    let times = joined.hasOneClock ? joined.timestamps : nil
    self.init(
      normalizer: data.normalizer, unit: joined.unit, inputFrames: data.layout.inputFrames,
      forecastFrames: data.layout.forecastFrames, downsampling: data.layout.downsampling,
      stepMinutes: joined.timestamps == nil ? nil : joined.nominalStep,
      // Of several grids only the pixels are alike.
      grid: data.gridCount == 1
        ? data.fineGrid
        : data.fineGrid.map { GridMetadata(pixelWidth: $0.pixelWidth, pixelHeight: $0.pixelHeight) },
      trainedFrom: times?[seen.lowerBound], trainedUntil: times?[seen.upperBound - 1],
      trainedFrames: seen.upperBound)
    split = try StoredSplit(data.split, of: joined)
    extras = data.extras
    profile = try DataProfile(of: data.source, frames: data.split.trainingFrames)
  }

  /// The notes as a checkpoint keeps them.
  public func encoded() throws -> [String: String] {
    var notes = [
      "task": "forecast", "normalizer": try json(normalizer), "unit": unit.rawValue,
      "input_frames": "\(inputFrames)", "forecast_frames": "\(forecastFrames)",
      "downsampling": "\(downsampling)",
    ]
    notes["step_minutes"] = stepMinutes.map { "\($0)" }
    notes["grid"] = try grid.map(json)
    notes["trained_from"] = trainedFrom.map { $0.formatted(.iso8601) }
    notes["trained_until"] = trainedUntil.map { $0.formatted(.iso8601) }
    notes["trained_frames"] = trainedFrames.map { "\($0)" }
    notes["split"] = try split.map(json)
    if !earlier.isEmpty { notes["seen_before"] = try json(earlier) }
    if !extras.isEmpty { notes["extra_channels"] = try json(extras) }
    notes["settings"] = try settings.map(json)
    notes["data_profile"] = try profile.map(json)
    notes[Self.skillName] = try skill.map(json)
    notes["contender"] = contender
    notes["width"] = width.map { "\($0)" }
    return notes
  }

  private static let skillName = "skill"

  /// The notes of a checkpoint with the skill of its model among them: for a training that measures it at its end.
  ///
  /// - Throws: What encoding throws.
  public static func adding(_ skill: ModelSkill, to notes: [String: String]) throws -> [String: String] {
    var notes = notes
    notes[skillName] = try json(skill)
    return notes
  }

  /// - Throws: `ForecastingError` that names the note which is absent or senseless.
  public init(_ notes: [String: String]) throws {
    normalizer = try decoded(StoredNormalizer.self, notes, "normalizer")
    let unitText = try text(notes, "unit")
    guard let unit = PhysicalUnit(rawValue: unitText) else {
      throw unusable("unit", unitText)
    }
    self.unit = unit
    inputFrames = try positive(notes, "input_frames")
    forecastFrames = try positive(notes, "forecast_frames")
    downsampling = notes["downsampling"] == nil ? 1 : try positive(notes, "downsampling")
    stepMinutes = notes["step_minutes"].flatMap(Double.init)
    grid = notes["grid"] == nil ? nil : try decoded(GridMetadata.self, notes, "grid")
    trainedFrom = notes["trained_from"].flatMap { try? Date($0, strategy: .iso8601) }
    trainedUntil = notes["trained_until"].flatMap { try? Date($0, strategy: .iso8601) }
    trainedFrames = notes["trained_frames"].flatMap { Int($0) }
    split = notes["split"] == nil ? nil : try decoded(StoredSplit.self, notes, "split")
    earlier = notes["seen_before"] == nil ? [] : try decoded([SeenData].self, notes, "seen_before")
    extras =
      notes["extra_channels"] == nil ? [] : try decoded([ExtraDescription].self, notes, "extra_channels")
    settings = notes["settings"] == nil ? nil : try decoded(ForecastSettings.self, notes, "settings")
    profile = notes["data_profile"] == nil ? nil : try decoded(DataProfile.self, notes, "data_profile")
    skill =
      notes[Self.skillName] == nil ? nil : try decoded(ModelSkill.self, notes, Self.skillName)
    contender = notes["contender"]
    width = notes["width"].flatMap { Int($0) }
  }
}

/// What the file of a classifier says of its clips.
public struct ClassifierNotes: Sendable {
  public var classes: [String]
  /// The seed by which clips were dealt out, and how many there were, to find the test part again.
  public var splitSeed: UInt64?
  public var clipCount: Int?
  /// Every choice of the training, where known.
  public var settings: ClassificationSettings?
  /// The contender as options name it, and its width, where known.
  public var contender: String?
  public var width: Int?

  public init(classes: [String], splitSeed: UInt64? = nil, clipCount: Int? = nil) {
    self.classes = classes
    self.splitSeed = splitSeed
    self.clipCount = clipCount
  }

  /// The notes as a checkpoint keeps them.
  ///
  /// - Throws: What encoding throws.
  public func encoded() throws -> [String: String] {
    var notes = ["task": "classify", "classes": classes.joined(separator: "\n")]
    notes["split_seed"] = splitSeed.map { "\($0)" }
    notes["clip_count"] = clipCount.map { "\($0)" }
    notes["settings"] = try settings.map(json)
    notes["contender"] = contender
    notes["width"] = width.map { "\($0)" }
    return notes
  }

  /// - Throws: `ForecastingError` if the classes are absent.
  public init(_ notes: [String: String]) throws {
    classes = try text(notes, "classes").split(separator: "\n").map(String.init)
    splitSeed = notes["split_seed"].flatMap { UInt64($0) }
    clipCount = notes["clip_count"].flatMap { Int($0) }
    settings =
      notes["settings"] == nil ? nil : try decoded(ClassificationSettings.self, notes, "settings")
    contender = notes["contender"]
    width = notes["width"].flatMap { Int($0) }
  }
}

// MARK: Text

private func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

private func unusable(_ name: String, _ received: String) -> ForecastingError {
  ForecastingError(
    .unusableModel, in: "model", expected: "a note “\(name)” that says what data the model takes",
    received: received,
    remedy: "Use a model.squall that squall train or squall compare wrote; squall predict runs any model on "
      + "arrays.")
}

private func text(_ notes: [String: String], _ name: String) throws -> String {
  guard let text = notes[name] else { throw unusable(name, "none") }
  return text
}

private func positive(_ notes: [String: String], _ name: String) throws -> Int {
  let text = try text(notes, name)
  guard let number = Int(text), (1...1_000_000).contains(number) else { throw unusable(name, text) }
  return number
}

private func decoded<Value: Decodable>(
  _ type: Value.Type, _ notes: [String: String], _ name: String
) throws -> Value {
  let text = try text(notes, name)
  do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
    throw unusable(name, String(text.prefix(80)))
  }
}
