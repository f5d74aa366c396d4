import Foundation
import Support

extension MeasuredDial {
  /// The table as the Swift file that the next version is built with.
  package var source: String {
    func number(_ value: Double) -> String { NumberText.fixed(value, 4) }
    let rows = runs.sorted { ($0.theta, $0.seed) < ($1.theta, $1.seed) }.map { run in
      "      (\(run.theta), \(run.seed), \(number(run.index)), [\(run.errors.map(number).joined(separator: ", "))], "
        + "\(number(run.persistence)), \(number(run.optimum))),"
    }
    return """
      extension MeasuredDial {
        /// The study that this version carries; `script/dial-study` writes this file.
        package static let study: MeasuredDial? = MeasuredDial(
          command: "\(command)",
          setting:
            "\(setting)",
          contenders: [\(contenders.map { "\"\($0)\"" }.joined(separator: ", "))],
          runs: [
      \(rows.joined(separator: "\n"))
          ].map { (row: (Double, UInt64, Double, [Double], Double, Double)) in
            Run(
              theta: row.0, seed: row.1, index: row.2, errors: row.3, persistence: row.4, optimum: row.5)
          })
      }

      """
  }
}
