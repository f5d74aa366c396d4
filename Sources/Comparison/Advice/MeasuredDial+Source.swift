import Foundation
import Support

extension MeasuredDial {
  /// The table as the Swift file that the next version is built with.
  public var source: String {
    let rows = runs.sorted { ($0.theta, $0.seed) < ($1.theta, $1.seed) }.map { run in
      let values = [run.index, run.sequential, run.integrated, run.persistence, run.optimum]
        .map { NumberText.fixed($0, 4) }
      return "      (\(run.theta), \(run.seed), \(values.joined(separator: ", "))),"
    }
    return """
      extension MeasuredDial {
        /// The study that this version carries; `script/dial-study` writes this file.
        public static let study: MeasuredDial? = MeasuredDial(
          command: "\(command)",
          setting:
            "\(setting)",
          runs: [
      \(rows.joined(separator: "\n"))
          ].map { (row: (Double, UInt64, Double, Double, Double, Double, Double)) in
            Run(
              theta: row.0, seed: row.1, index: row.2, sequential: row.3, integrated: row.4, persistence: row.5,
              optimum: row.6)
          })
      }

      """
  }
}
