import Foundation
import Squall

/// The validation losses of trainings in both precisions, one for each seed, epoch by epoch.
struct Curves {
  private var losses: [Precision: [[Double]]] = [:]
  private var steps: [Double] = []

  init(folder: URL) {
    for precision in Precision.allCases {
      for seed in 1... {
        let file = folder.appending(path: "\(precision.rawValue)-\(seed)/history.csv")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { break }
        let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
        losses[precision, default: []].append(rows.compactMap { Double($0[2]) })
        steps = rows.compactMap { Double($0[4]) }
      }
    }
  }

  func show() {
    guard let whole = losses[.float32], let halves = losses[.bfloat16] else {
      print("expected trainings in float32-1, bfloat16-1 and so on")
      return
    }
    print(
      "| steps | float32, mean of \(whole.count) seeds | deviation | bfloat16 | deviation | difference of the means |"
    )
    print("|---|---|---|---|---|---|")
    var inside = 0
    for epoch in steps.indices {
      let (a, b) = (whole.map { $0[epoch] }, halves.map { $0[epoch] })
      let difference = mean(b) - mean(a)
      if (a.min()!...a.max()!).contains(mean(b)) { inside += 1 }
      print(
        "| \(Int(steps[epoch])) "
          + String(
            format: "| %.4f | %.4f | %.4f | %.4f | %+.4f |", mean(a), spread(a), mean(b), spread(b),
            difference))
    }
    let ratios = steps.indices.map { epoch in
      abs(mean(halves.map { $0[epoch] }) - mean(whole.map { $0[epoch] })) / spread(whole.map { $0[epoch] })
    }.sorted()
    print(
      "bfloat16's mean lies between float32's seeds in \(inside) of \(steps.count) epochs; its distance from float32's "
        + String(
          format: "mean is %.2f standard deviations of the seeds in the median and %.2f at most",
          ratios[ratios.count / 2], ratios.last!))
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func spread(_ values: [Double]) -> Double {
    let middle = mean(values)
    return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(max(1, values.count - 1)))
      .squareRoot()
  }
}
