import Readers

extension Forecast {
  /// Forecasts from a sequence with one model.
  ///
  /// - Parameters:
  ///   - forecaster: The model.
  ///   - source: The sequence as it was opened, not averaged.
  ///   - auxiliary: Names and frames of the auxiliary channels that the model takes, if it does.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - coverage: Whole fields or tiles.
  ///   - onModelGrid: Whether the forecast stays on the model's grid, which is coarser than the data's where the model
  ///     averages pixels; otherwise it is brought back to the grid of the data, bilinearly.
  ///   - resampling: Whether the data are brought to the model's pixel size, whatever their own.
  /// - Throws: `ForecastingError` for data that do not fit or frames that are missing; what reading and the model
  ///   throw.
  public init(
    by forecaster: TrainedForecaster, from source: any FrameSource,
    auxiliary: [(name: String, source: any FrameSource)] = [],
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    coverage: FieldForecaster.Coverage = .automatic, onModelGrid: Bool = false, resampling: Bool = false
  ) throws {
    try self.init(
      by: EnsembleForecaster([forecaster]), from: source, auxiliary: auxiliary, at: reference, policy: policy,
      coverage: coverage, onModelGrid: onModelGrid, resampling: resampling)
  }

  /// Forecasts from a sequence with several models, one member each.
  ///
  /// - Parameters:
  ///   - ensemble: The models.
  ///   - source: The sequence as it was opened, not averaged.
  ///   - auxiliary: Names and frames of the auxiliary channels that the models take, if they do.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - coverage: Whole fields or tiles.
  ///   - onModelGrid: Whether the forecast stays on the models' grid.
  ///   - resampling: Whether the data are brought to the models' pixel size, whatever their own.
  /// - Throws: `ForecastingError` for data that do not fit or frames that are missing; what reading and the models
  ///   throw.
  public init(
    by ensemble: EnsembleForecaster, from source: any FrameSource,
    auxiliary: [(name: String, source: any FrameSource)] = [],
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    coverage: FieldForecaster.Coverage = .automatic, onModelGrid: Bool = false, resampling: Bool = false
  ) throws {
    let first = ensemble.members[0]
    let prepared = try first.prepared(source, auxiliary: auxiliary, resampling: resampling, picksFrames: true)
    let input = try ForecastInput(
      source, prepared: prepared, notes: ensemble.notes,
      scale: first.scale(of: source, resampling: resampling), at: reference, policy: policy)
    let fields = try EnsembleFields(ensemble, shape: prepared.shape, coverage: coverage)
    self = try Forecast(
      members: fields.forecast(
        input.frames.frames, on: onModelGrid ? nil : input.fine.map { ($0.frames, input.scale) }
      ) { try input.forecast($0, onModelGrid: onModelGrid, areFine: !onModelGrid && input.fine != nil) })
  }
}
