import Foundation

/// Everything a comparison found out, as a value: what `results.json` holds and what `index.html` shows.
///
/// It knows nothing of layers or files; whoever ran the comparison fills it in. The page can be drawn again
/// from `results.json` alone (``init(json:)``, then ``html()``).
///
/// **Schema** (version ``currentSchemaVersion``): the keys of `results.json` are the names of the stored
/// properties here and in the types they hold. Every key is always there; `null` means undefined or not
/// applicable. A number that is not finite is undefined and written as `null`. Dates are ISO 8601 in UTC.
/// Pictures are PNG in Base64. Names are only added within a schema version; a change of meaning raises it.
package struct ComparisonReport: Codable, Hashable, Sendable {
  /// The schema that this version writes and reads.
  package static let currentSchemaVersion = 1

  /// Schema of the file this came from.
  package var schemaVersion = ComparisonReport.currentSchemaVersion
  /// Heading of the page.
  package var title: String
  /// What the models were asked to do.
  package var task: ReportTask
  /// The answer: which to use, why, how sure.
  package var verdict: Verdict
  /// What the models learned from and were tested on.
  package var data: DataDescription
  /// The options of the comparison, in the order to show.
  package var settings: [Setting]
  /// How to get this report again.
  package var provenance: Provenance
  /// The trained models, one or more, in the order to show; told apart by name.
  package var models: [ModelResult]
  /// What needs no training, scored on the same test pixels or clips.
  package var baselines: [BaselineResult]
  /// Observed and forecast fields to look at.
  package var pictures: [PicturePanel]
  /// Differences of scores with their intervals; nil where they were not computed.
  @Nullable package var differences: [ScoreDifference]?
  /// What was measured of every model on this data, aspect by aspect; nil where it was not.
  @Nullable package var measurements: [MeasuredAspect]?
  /// What the data suggested before training, and whether that held; nil where it was not asked.
  @Nullable package var suitability: Suitability?
  /// The best possible forecast, where it is known because the data are synthetic; nil elsewhere.
  @Nullable package var optimum: OptimalForecast?
  /// Scores of classes beyond the accuracy; nil where they were not computed.
  @Nullable package var classScores: ClassScores?
  /// Scores of whole fields; nil where they were not computed.
  @Nullable package var fieldScores: FieldScores?
  /// Which convention the page prints errors by; nil reads as ``ErrorConvention/perPixel``.
  @Nullable package var conventions: ErrorConvention?
  /// Observed and forecast fields in motion; nil without.
  @Nullable package var animation: Animation?
  /// The search for settings; nil where there was none.
  @Nullable package var tuning: TuningResult?
  /// Scores by share of the training data; nil where it was not asked for.
  @Nullable package var trainingShares: TrainingShareCurves?

  package init(
    title: String, task: ReportTask, verdict: Verdict, data: DataDescription, settings: [Setting] = [],
    provenance: Provenance, models: [ModelResult], baselines: [BaselineResult] = [],
    pictures: [PicturePanel] = [], differences: [ScoreDifference]? = nil
  ) {
    self.title = title
    self.task = task
    self.verdict = verdict
    self.data = data
    self.settings = settings
    self.provenance = provenance
    self.models = models
    self.baselines = baselines
    self.pictures = pictures
    self.differences = differences
    measurements = nil
    suitability = nil
    optimum = nil
    conventions = nil
    fieldScores = nil
    classScores = nil
    animation = nil
    tuning = nil
    trainingShares = nil
  }
}

/// What the models were asked to do.
package enum ReportTask: String, Codable, CaseIterable, Sendable {
  /// The next frames from the last ones.
  case forecast
  /// A class from a clip.
  case classification
}

/// A named value to show, for example an option of the comparison.
package struct Setting: Codable, Hashable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
