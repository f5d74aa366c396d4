import Readers
import Support
import Verification

/// How good a model was by lead time, beside the baselines, on data that its weights were not fitted to. Stored with the
/// model, and written into the forecasts that it makes.
public struct ModelSkill: Codable, Equatable, Sendable {
  /// Which data were scored.
  public enum Part: String, Codable, CaseIterable, Sendable {
    /// Those that the epoch was chosen by, so that scores are somewhat too good.
    case validation
    /// Those that nothing was chosen by.
    case test
  }

  /// The scores of a model or a baseline.
  public struct Entry: Codable, Equatable, Sendable {
    public let name: String
    /// `[threshold][lead]`; `nil` where neither forecast nor observation has an event.
    public let csi: [[Double?]]
    /// Forecast events for each that was observed, `[threshold][lead]`.
    public let frequencyBias: [[Double?]]
    /// Forecast minus observation by lead, in the unit.
    public let meanError: [Double?]
    /// By lead, in the unit.
    public let meanAbsoluteError: [Double?]

    init(_ name: String, _ scores: LeadTimeScores) {
      func tables(_ value: (ContingencyTable) -> Double?) -> [[Double?]] {
        scores.thresholds.indices.map { place in scores.tables.map { value($0[place]) } }
      }
      self.name = name
      csi = tables(\.csi)
      frequencyBias = tables(\.bias)
      meanError = scores.errors.map(\.meanError)
      meanAbsoluteError = scores.errors.map(\.mae)
    }
  }

  public let part: Part
  public let unit: PhysicalUnit
  /// Minutes after the last observed frame; frames where time is unknown.
  public let leads: [Double]
  /// An event is above (`>`) one of these.
  public let thresholds: [Float]
  public let model: Entry
  public let baselines: [Entry]

  /// - Parameters:
  ///   - part: Which data were scored.
  ///   - unit: The unit of the data.
  ///   - scores: The model's.
  ///   - baselines: Those of the baselines on the same pixels, by their names.
  /// - Throws: `ForecastingError` if a baseline was scored at other leads or thresholds.
  public init(
    part: Part, unit: PhysicalUnit, scores: LeadTimeScores,
    baselines: [(name: String, scores: LeadTimeScores)] = []
  ) throws {
    for (name, other) in baselines
    where other.leadTimes != scores.leadTimes || other.thresholds != scores.thresholds {
      throw ForecastingError(
        .invalidOption, in: name,
        expected:
          "scores at \(scores.leadTimes.count) leads and thresholds \(scores.thresholds), as the model's",
        received: "\(other.leadTimes.count) leads and \(other.thresholds)",
        remedy: "Score all of them together.")
    }
    self.part = part
    self.unit = unit
    (leads, thresholds) = (scores.leadTimes, scores.thresholds)
    model = Entry("model", scores)
    self.baselines = baselines.map { Entry($0.name, $0.scores) }
  }

  /// Model and baselines.
  public var entries: [Entry] { [model] + baselines }

  /// Tables for the terminal: CSI by lead at each threshold, the model's frequency bias beside it.
  public var lines: [String] {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func number(_ value: Double?) -> String { value.map { NumberText.fixed($0, 3) } ?? "–" }
    let names = entries.map(\.name) + ["frequency bias"]
    let widths = names.map { max(8, $0.count) + 2 }
    return thresholds.indices.flatMap { place -> [String] in
      let limit = short(Double(thresholds[place])) + (unit.symbol.isEmpty ? "" : " \(unit.symbol)")
      let head = [
        "skill on the \(part.rawValue) part, CSI > \(limit)",
        cell("lead", 6) + zip(names, widths).map(cell).joined(),
      ]
      return head
        + leads.indices.map { lead in
          let values = entries.map { $0.csi[place][lead] } + [model.frequencyBias[place][lead]]
          return cell(short(leads[lead]), 6) + zip(values, widths).map { cell(number($0), $1) }.joined()
        }
    }
  }
}
