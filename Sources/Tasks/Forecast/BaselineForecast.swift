import Nowcasting
import Readers

/// A forecast without training, which any model must beat.
public enum BaselineForecast: String, CaseIterable, Codable, Sendable {
  /// Eulerian persistence: the last observed frame at every lead time.
  case eulerian
  /// Lagrangian persistence: the last observed frame moves on along the motion of the last frames, found over the
  /// whole domain (Germann and Zawadzki 2002). It asks for two frames or more.
  case lagrangian
  /// Spectral prognosis: as Lagrangian persistence, but each scale of the rain fades as fast as it did in the last frames
  /// (Seed 2003). It asks for two frames or more, and reads three.
  case sprog = "s-prog"

  /// The baselines of some data: Eulerian persistence, and for rain Lagrangian persistence and S-PROG, whose motion is
  /// found in decibels of rain.
  ///
  /// - Parameters:
  ///   - unit: The unit of the values.
  ///   - inputFrames: How many frames are observed; motion needs two.
  package static func fitting(_ unit: PhysicalUnit, inputFrames: Int) -> [BaselineForecast] {
    unit == .millimetresPerHour && inputFrames > 1 ? allCases : [.eulerian]
  }

  /// The name in tables and reports.
  public var displayName: String {
    switch self {
    case .eulerian: "Eulerian persistence"
    case .lagrangian: "Lagrangian persistence"
    case .sprog: "S-PROG"
    }
  }

  /// How rain is moved; nil where it stays.
  private var method: (any NowcastMethod)? {
    switch self {
    case .eulerian: nil
    case .lagrangian: LagrangianPersistence()
    case .sprog: SPROG()
    }
  }

  /// The forecast in physical units, `[lead, row, column]`, of whole fields. A pixel that is missing in the last frame
  /// holds 0, and so does one that moved in from beyond the domain.
  ///
  /// - Parameters:
  ///   - frames: The observed frames, oldest first; the first channel is forecast.
  ///   - leads: How many frames ahead.
  /// - Throws: `MotionError` for frames that motion cannot be found in.
  public func values(after frames: [Frame], leads: Int) throws -> [Float] {
    guard let last = frames.last else { return [] }
    if let method {
      return try Array(MotionExtrapolation(leads: leads, method: method).fields(after: frames).joined())
    }
    let field = last.firstChannel.values
    var values: [Float] = []
    values.reserveCapacity(leads * field.count)
    for _ in 0..<leads { values += field }
    return values
  }

  /// Forecasts from a sequence.
  ///
  /// - Parameters:
  ///   - source: The sequence as it was opened, not averaged.
  ///   - inputFrames: How many frames must be there; the last three at most are read.
  ///   - leads: How many frames ahead.
  ///   - downsampling: Pixels averaged into one along each axis before.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - onModelGrid: Whether the forecast stays on the averaged grid instead of the data's.
  /// - Throws: `ForecastingError` for numbers below 1, frames that are missing, or data to be moved that are no rain
  ///   rates; `MotionError`; what reading throws.
  public func forecast(
    from source: any FrameSource, inputFrames: Int = 3, leads: Int, downsampling: Int = 1,
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    onModelGrid: Bool = false
  ) throws -> Forecast {
    let moves = self != .eulerian
    guard inputFrames > (moves ? 1 : 0), leads > 0, downsampling > 0 else {
      throw ForecastingError(
        .invalidOption, in: displayName,
        expected: "\(moves ? "two frames" : "a frame") or more, a lead and a factor of at least 1",
        received: "\(inputFrames) frames, \(leads) leads, a factor of \(downsampling)",
        remedy: "Ask for more.")
    }
    guard !moves || source.unit == .millimetresPerHour else {
      throw ForecastingError(
        .otherData, in: displayName, expected: "rain rates in mm/h, in whose decibels motion is found",
        received: "data in \(source.unit.rawValue)",
        remedy: "Say what the stored numbers mean with --unit, or use other data.")
    }
    let prepared = downsampling > 1 ? try DownsampledSource(source, factor: downsampling) : source
    let input = try ForecastInput(
      source, prepared: prepared, inputFrames: inputFrames,
      scale: (Double(downsampling), Double(downsampling)), step: nil,
      grid: nil, at: reference, policy: policy)
    return try input.forecast(
      values(after: input.frames.frames, leads: leads), onModelGrid: onModelGrid)
  }

  /// Forecasts from a sequence as a model would: as many frames in and out, on the same grids.
  ///
  /// - Throws: As ``forecast(from:inputFrames:leads:downsampling:at:policy:onModelGrid:)``.
  public func forecast(
    from source: any FrameSource, as notes: ForecastNotes, at reference: InputSelection.Reference = .latest,
    policy: LateFramePolicy = .refuse, onModelGrid: Bool = false
  ) throws -> Forecast {
    try forecast(
      from: source, inputFrames: notes.inputFrames, leads: notes.forecastFrames,
      downsampling: notes.downsampling, at: reference, policy: policy, onModelGrid: onModelGrid)
  }
}
