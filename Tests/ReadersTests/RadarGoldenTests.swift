import DataTestSupport
import Foundation
import Readers
import Testing

/// Real sequences against netCDF4 and pysteps: every frame's time, size, missing pixels and values.
@Suite struct RadarGoldenTests {
  struct Golden: Decodable {
    struct Frame: Decodable {
      var file: String
      var time: Double
      var shape: [Int]
      var missing: Int
      var minimum: Double
      var mean: Double
      var maximum: Double
      var weightedMean: Double
    }
    var frames: [Frame]
  }

  static func folder(_ name: String) -> URL {
    SharedData.knmi.deletingLastPathComponent().appendingPathComponent(name)
  }

  static let hasData =
    FileManager.default.fileExists(atPath: folder("bom").path)
    && FileManager.default.fileExists(atPath: folder("mch").path)

  @Test(
    .enabled(
      if: hasData, "the radar files are absent: put them in ../shared/data or name SQUALL_SHARED_DATA"),
    arguments: [("bom", 1), ("mch", 2)])
  func everyFrame(_ name: String, events: Int) throws {
    let golden = try GoldenFiles.json("data/\(name).json", as: Golden.self).frames
    let found = try openData(at: [Self.folder(name)]).events
    #expect(found.count == events)
    #expect(found.allSatisfy { $0.unit == .millimetresPerHour && $0.nominalStep == (name == "bom" ? 10 : 5) })
    #expect(found.reduce(0) { $0 + $1.count } == golden.count)
    var number = 0
    for event in found {
      for index in 0..<event.count {
        let expected = golden[number]
        number += 1
        // Times of all frames; the values of every fourth, which is enough for a reader and quick.
        #expect(event.timestamps?[index].timeIntervalSince1970 == expected.time)
        guard index % 4 == 0 else { continue }
        let frame = try event.frame(at: index)
        #expect([frame.shape.height, frame.shape.width] == expected.shape)
        #expect(frame.missingCount == expected.missing, "\(expected.file)")
        let valid = frame.values.indices.filter { frame.isValid[$0] }
        let values = valid.map { Double(frame.values[$0]) }
        let weighted = valid.reduce(0.0) {
          $0 + Double(frame.values[$1])
            * Double((7 * ($1 / frame.shape.width) + 13 * ($1 % frame.shape.width)) % 101)
        }
        let pairs = [
          (values.min() ?? -1, expected.minimum), (values.max() ?? -1, expected.maximum),
          (values.reduce(0, +) / Double(values.count), expected.mean),
          (weighted / Double(values.count), expected.weightedMean),
        ]
        for (value, reference) in pairs {
          #expect(abs(value - reference) <= 1e-6 * max(abs(reference), 1e-6), "\(expected.file)")
        }
      }
    }
  }

  @Test(
    .enabled(if: hasData, "the radar files are absent: put them in ../shared/data or name SQUALL_SHARED_DATA")
  )
  func grids() throws {
    let bom = try openData(at: [Self.folder("bom")]).events[0]
    #expect(bom.grid?.pixelWidth == 0.5 && bom.grid?.pixelHeight == 0.5)
    #expect(
      bom.grid?.projection
        == "+proj=aea +lat_0=-27.7178 +lon_0=153.24 +lat_1=-26.2 +lat_2=-29.3 +x_0=0 +y_0=0 "
        + "+a=6378137 +b=6356752.31414")
    let mch = try openData(at: [Self.folder("mch")]).events[0]
    #expect(
      mch.grid?.projection?.hasPrefix("+proj=somerc") == true
        && mch.shape == FrameShape(height: 640, width: 710))
  }
}
