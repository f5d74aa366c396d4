import Layers
import Reports
import TensorCore

/// What becomes of the score when the order of the input frames is disturbed, or only the last ones are given.
package struct TemporalMeasurement {
  /// A change of the input, `[batch, time, height, width, channels]`.
  package enum Disturbance: Hashable {
    case none, shuffled, reversed, frozen
    /// Only the last frames: those before are copies of the first one that is left.
    case last(Int)

    package func applied(to input: Tensor) -> Tensor {
      let frames = input.shape[1]
      switch self {
      case .none: return input
      case .reversed: return Movement.reversed(input, axis: 1)
      case .frozen: return arranged(input, [Int](repeating: frames - 1, count: frames))
      case .shuffled:
        var random = RandomStream(seed: 1).substream("shuffled frames")
        return arranged(input, random.permutation(frames))
      case .last(let count):
        return arranged(input, (0..<frames).map { max($0, frames - count) })
      }
    }

    private func arranged(_ input: Tensor, _ order: [Int]) -> Tensor {
      Movement.concatenated(order.map { Movement.slice(input, axis: 1, $0..<$0 + 1) }, axis: 1)
    }
  }

  let subjects: MeasurementSubjects
  let scoreName: String
  let higherIsBetter: Bool
  let frames: Int
  /// The score of a model when its input is changed.
  let score: (ModelGraph, Disturbance) throws -> Double?

  func measure() throws -> MeasuredAspect {
    let counts = Array(Set([1, 2, 3, 4, 6, 8, 12, 16, frames].filter { $0 <= frames })).sorted()
    var findings: [String] = []
    var rows: [[String]] = []
    var lines: [MeasuredLine] = []
    for (index, family) in subjects.models.enumerated() {
      let whole = try score(family.model, .none)
      let disturbed = try [Disturbance.shuffled, .reversed, .frozen].map { try score(family.model, $0) }
      rows.append([family.name] + ([whole] + disturbed).map(text))
      let points = try counts.map {
        MeasuredPoint(x: Double($0), y: $0 == frames ? whole : try score(family.model, .last($0)))
      }
      lines.append(MeasuredLine(name: family.name, model: index, points: points))
      findings.append(finding(whole, disturbed, points))
    }
    return MeasuredAspect(
      aspect: .temporalDynamics, findings: findings,
      method:
        "\(scoreName) of the trained models on a part of the test data when their input frames are put into "
        + "another order, all replaced by the last one (frozen), or when frames before the last few are replaced "
        + "by copies of the first one left. Nothing is trained anew.",
      figures: [
        .chart(
          MeasuredChart(
            title: "Score by number of input frames", xLabel: "frames given", yLabel: scoreName, lines: lines)
        ),
        .table(
          MeasuredTable(
            title: "Score by order of the input frames",
            columns: ["Model", "As they are", "Shuffled", "Reversed", "Frozen"], rows: rows)),
      ])
  }

  private func finding(_ whole: Double?, _ disturbed: [Double?], _ points: [MeasuredPoint]) -> String {
    guard let whole else { return "The score is undefined." }
    let changes = zip(["shuffled", "reversed", "frozen"], disturbed).map { name, value in
      "\(name) \(text(value))"
    }
    return "\(text(whole)) with the frames as they are; \(changes.joined(separator: ", ")). "
      + memory(whole, points)
  }

  /// From how many frames on nine tenths of what more than one frame gives are there.
  private func memory(_ whole: Double, _ points: [MeasuredPoint]) -> String {
    guard let single = points.first?.y, points.count > 1 else { return "" }
    let gain = (whole - single) * (higherIsBetter ? 1 : -1)
    guard gain > 0.02 * abs(whole) else { return "One frame is as good as all." }
    let enough = points.first { point in
      point.y.map { ($0 - single) * (higherIsBetter ? 1 : -1) >= 0.9 * gain } ?? false
    }
    return "\(Int(enough?.x ?? 0)) frames give nine tenths of what \(frames) give over one."
  }

  private func text(_ value: Double?) -> String { value.map { MeasuredText.fixed($0, 3) } ?? "undefined" }
}
