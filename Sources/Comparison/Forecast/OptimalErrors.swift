import Reports
import Synthesis
import Tasks

/// The errors of the best linear forecast on generated fields, where it is known.
struct OptimalErrors {
  let leads: [WienerForecast.LeadError]

  /// nil where pixels were averaged: the optimum of averages is another one.
  ///
  /// - Throws: `DataError` if the generated sequences are shorter than a window.
  init?(_ wiener: WienerForecast?, _ settings: ForecastSettings) throws {
    guard let wiener, settings.downsampling == 1 else { return nil }
    leads = try wiener.forecasting(settings.forecastFrames, from: settings.inputFrames).errors()
  }

  func result(
    _ report: ComparisonReport, leadTimes: [Double], isWholeFrame: Bool
  ) -> OptimalForecast {
    OptimalForecast(
      name: "best linear forecast",
      explanation:
        "These data are synthetic, so the smallest error is known: that of the best linear forecast "
        + "(Wiener) from "
        + (isWholeFrame ? "the same frames." : "whole frames, of which the models see tiles.")
        + " It and the variance are those of all such data; a small test part may lie on either side.",
      variance: 1,
      byLeadTime: zip(leads, leadTimes).map {
        OptimalForecast.LeadError(leadTime: $1, mse: $0.window ?? $0.wholeField)
      }, models: report.models, baselines: report.baselines)
  }
}
