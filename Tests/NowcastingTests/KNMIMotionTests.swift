import Foundation
import Motion
import Nowcasting
import Readers
import Testing
import Verification

/// The CSI of extrapolated rain on the KNMI sequence against pysteps' (Docs/Motion.md).
@Suite struct KNMIMotionTests {
  static let folder: URL = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data =
      ProcessInfo.processInfo.environment["SQUALL_SHARED_DATA"].map { URL(filePath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared/data")
    return data.appending(path: "radar/KNMI")
  }()

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// Lead time in minutes: pysteps' mean CSI above 0.5 and 2 mm/h.
  static let pysteps: [(minutes: Int, csi: [Double])] = [
    (5, [0.845, 0.663]), (10, [0.768, 0.518]), (15, [0.707, 0.435]), (30, [0.590, 0.295]),
    (45, [0.512, 0.229]), (60, [0.444, 0.188]),
  ]

  @Test(.enabled(if: isThere, "the KNMI files are absent: put them in ../shared/data"))
  func isWithinTwoHundredthsOfPysteps() throws {
    let source = try FrameFolder.knmi(Self.folder)
    func field(_ index: Int) throws -> ImageField {
      let frame = try source.frame(at: index)
      return try ImageField(
        height: frame.shape.height, width: frame.shape.width, values: frame.values, isValid: frame.isValid)
    }
    let thresholds: [Float] = [0.5, 2]
    var sums = Self.pysteps.map { _ in [0.0, 0.0] }
    let starts = Array(stride(from: 61, through: 79, by: 3))
    for start in starts {
      let observed = try (start - 2...start).map(field)
      let forecasts = try LagrangianPersistence().forecast(observed, steps: 12)
      for (row, lead) in Self.pysteps.enumerated() {
        let forecast = forecasts[lead.minutes / 5 - 1]
        let truth = try field(start + lead.minutes / 5)
        let mask = truth.values.indices.map { index in
          truth.isValid[index] && forecast.isValid[index] && observed[2].isValid[index]
        }
        for (column, threshold) in thresholds.enumerated() {
          var table = ContingencyTable(threshold: threshold)
          try table.add(forecast: forecast.values, observation: truth.values, mask: mask)
          sums[row][column] += try #require(table.csi) / Double(starts.count)
        }
      }
    }
    for (row, lead) in Self.pysteps.enumerated() {
      for column in 0..<2 {
        let difference = sums[row][column] - lead.csi[column]
        #expect(abs(difference) < 0.02, "\(lead.minutes) minutes, \(thresholds[column]) mm/h: \(difference)")
      }
    }
  }
}
