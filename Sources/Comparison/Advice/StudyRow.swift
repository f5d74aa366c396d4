import Foundation

/// What was found on one set of the study: the linear twins beside the comparison.
package struct StudyRow: Hashable, Sendable {
  package var number: Int
  package var data: String
  package var seed: UInt64
  package var budget: Budget
  package var parameters: Int
  package var inputFrames: Int
  package var forecastFrames: Int
  /// Mean errors of the twins and of forecasts without training, as shares of the variance.
  package var twins: TwinErrors
  /// Mean squared errors on the test part.
  package var conv2DLSTM: Double
  package var convLSTM2D: Double
  /// Of the better baseline.
  package var baseline: Double
  /// The interval of the difference of errors, Conv2D + LSTM less ConvLSTM2D; nil without one.
  package var lower: Double?
  package var upper: Double?

  /// log(error of Conv2D + LSTM / error of ConvLSTM2D): above zero ConvLSTM2D is better.
  package var advantage: Double { log(conv2DLSTM / convLSTM2D) }
  /// log(error of the baseline / error of the better contender): below zero the baseline is.
  package var gain: Double { log(baseline / min(conv2DLSTM, convLSTM2D)) }
  /// 1 where ConvLSTM2D is better by more than the margin and clearly so, −1 where Conv2D + LSTM is, else 0.
  package var winner: Int {
    guard let lower, let upper, abs(advantage) > AdviceModel.margin else { return 0 }
    return lower > 0 ? 1 : upper < 0 ? -1 : 0
  }
  /// Every fifth set judges the advice and is never fitted. Five has no divisor in common with the cycle of generators.
  package var isHeldOut: Bool { number % 5 == 4 }

  package init(
    _ set: StudiedSet, twins: TwinErrors, conv2DLSTM: Double, convLSTM2D: Double, baseline: Double,
    lower: Double?, upper: Double?
  ) {
    (number, data, seed, budget) = (set.number, set.data, set.seed, set.budget)
    (parameters, inputFrames, forecastFrames) = (set.parameters, set.inputFrames, set.forecastFrames)
    (self.twins, self.baseline, self.lower, self.upper) = (twins, baseline, lower, upper)
    (self.conv2DLSTM, self.convLSTM2D) = (conv2DLSTM, convLSTM2D)
  }
}

/// What of ``LinearTwins`` the advice rests on: mean errors over the lead times, as shares of the variance.
package struct TwinErrors: Codable, Hashable, Sendable {
  package var local: Double
  package var global: Double
  package var persistence: Double
  package var extrapolation: Double
  /// Components of the whole frame that the global twin takes.
  package var rank: Int

  package init(local: Double, global: Double, persistence: Double, extrapolation: Double, rank: Int) {
    (self.local, self.global, self.rank) = (local, global, rank)
    (self.persistence, self.extrapolation) = (persistence, extrapolation)
  }

  /// log(global / local): above zero the local law explains more.
  package var advantage: Double { log(max(global, 1e-3) / max(local, 1e-3)) }

  package init(_ twins: LinearTwins) {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
    self.init(
      local: mean(twins.local), global: mean(twins.global), persistence: mean(twins.persistence),
      extrapolation: mean(twins.extrapolation), rank: twins.rank)
  }
}

/// The table of the study, comma-separated: a row for each set.
extension StudyRow {
  package static let header =
    "number,data,seed,budget,parameters,input_frames,forecast_frames,twin_local,twin_global,persistence,"
    + "extrapolation,twin_rank,mse_conv2d_lstm,mse_convlstm2d,mse_baseline,difference_lower,difference_upper"

  package var line: String {
    func text(_ value: Double?) -> String { value.map { String(format: "%.5g", $0) } ?? "" }
    return
      ([
        "\(number)", "\"\(data)\"", "\(seed)", budget.rawValue, "\(parameters)", "\(inputFrames)",
        "\(forecastFrames)",
      ]
      + [
        twins.local, twins.global, twins.persistence, twins.extrapolation, Double(twins.rank), conv2DLSTM,
        convLSTM2D, baseline, lower, upper,
      ].map(text)).joined(separator: ",")
  }

  /// The rows of a table.
  ///
  /// - Throws: `ComparisonError` that names the first line which is no row.
  package static func rows(of table: String) throws -> [StudyRow] {
    let lines = table.split(separator: "\n").map(String.init)
    guard lines.first == header else {
      throw ComparisonError(
        expected: "a table with the columns \(header)", received: lines.first ?? "nothing",
        remedy: "Collect the study again.")
    }
    return try lines.dropFirst().enumerated().map { index, line in
      guard let row = StudyRow(line: line) else {
        throw ComparisonError(
          expected: "a row of the study", received: "line \(index + 2): \(line)",
          remedy: "Collect the study again.")
      }
      return row
    }
  }

  private init?(line: String) {
    let quoted = line.split(separator: "\"", omittingEmptySubsequences: false)
    guard quoted.count == 3, let number = Int(quoted[0].dropLast()) else { return nil }
    let cells = quoted[2].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
    guard cells.count == 15, let seed = UInt64(cells[0]), let budget = Budget(rawValue: String(cells[1])),
      let parameters = Int(cells[2]), let input = Int(cells[3]), let forecast = Int(cells[4])
    else { return nil }
    let values = cells[5...].map { Double($0) }
    guard let local = values[0], let global = values[1], let persistence = values[2],
      let extrapolation = values[3], let rank = values[4], let conv2DLSTM = values[5],
      let convLSTM2D = values[6], let baseline = values[7]
    else { return nil }
    self.number = number
    data = String(quoted[1])
    (self.seed, self.budget, self.parameters) = (seed, budget, parameters)
    (inputFrames, forecastFrames) = (input, forecast)
    twins = TwinErrors(
      local: local, global: global, persistence: persistence, extrapolation: extrapolation,
      rank: Int(rank))
    (self.conv2DLSTM, self.convLSTM2D, self.baseline) = (conv2DLSTM, convLSTM2D, baseline)
    (lower, upper) = (values[8], values[9])
  }
}

extension StudyRow {
  /// The rows that come with Squall, made by script/advice-study.
  ///
  /// - Throws: `ComparisonError` for a broken table.
  package static func shipped() throws -> [StudyRow] {
    try rows(of: String(decoding: PackageResources.advice_study_csv, as: UTF8.self))
  }
}

extension AdviceModel {
  /// Fitted to the rows that come with Squall, without those that judge it.
  package static let shipped: AdviceModel? = (try? StudyRow.shipped()).flatMap { rows in
    AdviceModel(fitting: rows.filter { !$0.isHeldOut })
  }
}
