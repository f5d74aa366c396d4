import Readers

/// A forecast without training, which any model must beat.
public enum BaselineForecast: String, CaseIterable, Codable, Sendable {
  /// Eulerian persistence: the last observed frame at every lead time.
  case eulerian
  /// Lagrangian persistence: the last observed frame moves on along the motion of the last frames, found over the
  /// whole domain (Germann and Zawadzki 2002). It asks for two frames or more.
  case lagrangian

  /// The baselines of some data: Eulerian persistence, and for rain Lagrangian persistence, whose motion is found in
  /// decibels of rain.
  ///
  /// - Parameters:
  ///   - unit: The unit of the values.
  ///   - inputFrames: How many frames are observed; motion needs two.
  package static func fitting(_ unit: PhysicalUnit, inputFrames: Int) -> [BaselineForecast] {
    unit == .millimetresPerHour && inputFrames > 1 ? [.eulerian, .lagrangian] : [.eulerian]
  }

  /// The name in tables and reports.
  public var displayName: String {
    switch self {
    case .eulerian: "Eulerian persistence"
    case .lagrangian: "Lagrangian persistence"
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
    switch self {
    case .eulerian:
      let field = last.firstChannel.values
      var values: [Float] = []
      values.reserveCapacity(leads * field.count)
      for _ in 0..<leads { values += field }
      return values
    case .lagrangian:
      return try Array(MotionExtrapolation(leads: leads).fields(after: frames).joined())
    }
  }

  /// Forecasts from a sequence.
  ///
  /// - Parameters:
  ///   - source: The sequence as it was opened, not averaged.
  ///   - inputFrames: How many frames must be there; motion is found in the last three.
  ///   - leads: How many frames ahead.
  ///   - downsampling: Pixels averaged into one along each axis before.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - onModelGrid: Whether the forecast stays on the averaged grid instead of the data's.
  /// - Throws: `ForecastingError` for numbers below 1 or frames that are missing; `MotionError`; what reading throws.
  public func forecast(
    from source: any FrameSource, inputFrames: Int = 3, leads: Int, downsampling: Int = 1,
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    onModelGrid: Bool = false
  ) throws -> Forecast {
    guard inputFrames > (self == .lagrangian ? 1 : 0), leads > 0, downsampling > 0 else {
      throw ForecastingError(
        .invalidOption, in: "\(rawValue) persistence",
        expected:
          "\(self == .lagrangian ? "two frames" : "a frame") or more, a lead and a factor of at least 1",
        received: "\(inputFrames) frames, \(leads) leads, a factor of \(downsampling)",
        remedy: "Ask for more.")
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
