import Foundation
import Motion
import Nowcasting
import Readers
import Testing
import Verification

/// Nowcasts of real radar on 2 km means against pysteps' (`Reference/radar_nowcasts.py`).
@Suite struct RadarNowcastTests {
  struct Golden: Decodable {
    struct Sequence: Decodable {
      let starts: [Int]
      /// Mean CSI, `[lead][threshold]`.
      let extrapolation: [[Double]]
      let sprog: [[Double]]

      enum CodingKeys: String, CodingKey {
        case starts, extrapolation
        case sprog = "s-prog"
      }
    }

    let thresholds: [Float]
    let leads: [Int]
    let KNMI: Sequence
  }

  @Test(.enabled(if: KNMIMotionTests.isThere, "the KNMI files are absent: put them in ../shared/data"))
  func isWithinFiveThousandthsOfPysteps() throws {
    let goldens = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: goldens.appending(path: "Goldens/data/nowcasts.json")))
    let source = try DownsampledSource(FrameFolder.knmi(KNMIMotionTests.folder), factor: 2)
    func field(_ index: Int) throws -> ImageField {
      let frame = try source.frame(at: index)
      return try ImageField(
        height: frame.shape.height, width: frame.shape.width, values: frame.values, isValid: frame.isValid)
    }
    let starts = golden.KNMI.starts
    #expect(starts.count == 7)
    let methods: [(any NowcastMethod, [[Double]])] = [
      (LagrangianPersistence(), golden.KNMI.extrapolation), (SPROG(), golden.KNMI.sprog),
    ]
    var sums = methods.map { _ in golden.leads.map { _ in golden.thresholds.map { _ in 0.0 } } }
    for start in starts {
      let observed = try (start - 2...start).map(field)
      let truths = try golden.leads.map { try field(start + $0) }
      for (index, method) in methods.enumerated() {
        let forecasts = try method.0.forecast(observed, steps: 12)
        for (row, lead) in golden.leads.enumerated() {
          let (forecast, truth) = (forecasts[lead - 1], truths[row])
          let mask = truth.values.indices.map { pixel in
            truth.isValid[pixel] && forecast.isValid[pixel] && observed[2].isValid[pixel]
          }
          for (column, threshold) in golden.thresholds.enumerated() {
            var table = ContingencyTable(threshold: threshold)
            try table.add(forecast: forecast.values, observation: truth.values, mask: mask)
            sums[index][row][column] += try #require(table.csi) / Double(starts.count)
          }
        }
      }
    }
    for (index, method) in methods.enumerated() {
      for (row, lead) in golden.leads.enumerated() {
        for (column, threshold) in golden.thresholds.enumerated() {
          let (ours, theirs) = (sums[index][row][column], method.1[row][column])
          #expect(
            abs(ours - theirs) < 0.005, "method \(index), lead \(lead), \(threshold) mm/h: \(ours), \(theirs)"
          )
        }
      }
    }
  }
}
