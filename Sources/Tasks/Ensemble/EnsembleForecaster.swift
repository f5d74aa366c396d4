import Readers

/// Forecasters that give one member each; a single model is the case of one member.
///
/// All take the same data and forecast the same leads. Their architectures, sizes and normalisers may differ.
public struct EnsembleForecaster: Sendable {
  public let members: [TrainedForecaster]
  /// What the members are called: the seed or file of each, or its number.
  public let names: [String]

  /// - Parameters:
  ///   - members: The models.
  ///   - names: One for each, or none.
  /// - Throws: `ForecastingError` that names what differs, or if there is no model.
  public init(_ members: [TrainedForecaster], names: [String] = []) throws {
    guard let first = members.first else {
      throw ForecastingError(
        .unusableModel, in: "ensemble", expected: "at least one model", received: "none",
        remedy: "Name a model.squall, or a folder with several.")
    }
    self.members = members
    self.names =
      names.count == members.count ? names : members.indices.map { "member \($0 + 1)" }
    for (name, member) in zip(self.names, members).dropFirst() {
      try Self.check(member, named: name, against: first, named: self.names[0])
    }
  }

  /// What the models say of their data; normaliser and training are those of the first.
  public var notes: ForecastNotes { members[0].notes }

  private static func check(
    _ member: TrainedForecaster, named name: String, against first: TrainedForecaster, named other: String
  ) throws {
    func check(_ value: String, _ expected: String) throws {
      guard value != expected else { return }
      throw ForecastingError(
        .unusableModel, in: name, expected: "\(expected), as in \(other)", received: value,
        remedy: "Put models into one ensemble that take the same data and forecast the same leads.")
    }
    let (own, known) = (member.notes, first.notes)
    try check("\(own.inputFrames) frames in", "\(known.inputFrames) frames in")
    try check("\(own.forecastFrames) frames ahead", "\(known.forecastFrames) frames ahead")
    try check("values in \(own.unit.rawValue)", "values in \(known.unit.rawValue)")
    try check("pixels averaged by \(own.downsampling)", "pixels averaged by \(known.downsampling)")
    if let size = own.pixelSize, let other = known.pixelSize,
      abs(size.width / other.width - 1) > DataFit.pixelTolerance
        || abs(size.height / other.height - 1) > DataFit.pixelTolerance
    {
      try check("pixels of \(short(size.width)) km", "pixels of \(short(other.width)) km")
    }
    func step(_ notes: ForecastNotes) -> String {
      notes.stepMinutes.map { "a frame every \(short($0)) minutes" } ?? "frames without times"
    }
    try check(step(own), step(known))
    func channels(_ member: TrainedForecaster) -> String {
      let extras = member.notes.extras.map { "\($0.name) (\($0.channels), \($0.unit.rawValue))" }
      return (member.model.inputs[0].shape[-1].map { "\($0)" } ?? "any number of") + " channels"
        + (extras.isEmpty ? "" : ", among them " + extras.joined(separator: ", "))
    }
    try check(channels(member), channels(first))
  }
}

/// Runs an ensemble over fields of one size; what members share is made once.
struct EnsembleFields {
  private let fields: [FieldForecaster]

  /// - Throws: `ForecastingError` if a member cannot take the fields.
  init(_ ensemble: EnsembleForecaster, shape: FrameShape, coverage: FieldForecaster.Coverage) throws {
    fields = try ensemble.members.map { try FieldForecaster($0, shape: shape, coverage: coverage) }
  }

  /// What `made` makes of each member's values, `[lead, row, column]` in physical units.
  ///
  /// - Parameters:
  ///   - frames: The observed frames on the models' grid.
  ///   - fine: The same as they were opened and how many rows and columns of them make one of the models', if the forecast
  ///     is to be on their grid.
  /// - Throws: What the models and `made` throw.
  func forecast<Made>(
    _ frames: [Frame], on fine: (frames: [Frame], scale: (rows: Double, columns: Double))? = nil,
    _ made: ([Float]) throws -> Made
  ) throws -> [Made] {
    var grids: [ForecastGuidance: FineGrid] = [:]
    var known: [ForecastGuidance: GuidanceFields] = [:]
    return try fields.map { field in
      try Task.checkCancellation()
      let guidance = try known[field.guidance] ?? field.guidance.fields(after: frames)
      known[field.guidance] = guidance
      guard let fine else { return try made(field.forecast(frames, guidance: guidance)) }
      let grid =
        try grids[field.guidance] ?? FineGrid(fine.frames, scale: fine.scale, for: field.guidance)
      grids[field.guidance] = grid
      return try made(field.forecast(frames, guidance: guidance, on: grid))
    }
  }
}
