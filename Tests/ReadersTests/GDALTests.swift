import DataTestSupport
import Foundation
import Readers
import Testing

/// GeoTIFF and GRIB2 against GDAL's own Python module; in builds with the trait only.
@Suite(.enabled(if: GDALReader.isAvailable, "built without the trait GDAL"))
struct GDALTests {
  struct Golden: Decodable {
    var time: Double
    var shape: [Int]
    var pixel: [Double]?
    var unit: String
    var values: [Float?]
  }

  static let golden = (try? GoldenFiles.json("gdal/values.json", as: [String: Golden].self)) ?? [:]

  @Test(arguments: golden.keys.sorted())
  func asGDALReads(_ name: String) throws {
    let golden = try #require(Self.golden[name])
    let file = GoldenFiles.folder("gdal").appendingPathComponent(name)
    let event = try openData(at: [file]).events[0]
    let frame = try event.frame(at: 0)
    #expect(event.count == 1 && [frame.shape.height, frame.shape.width] == golden.shape)
    #expect(frame.time?.timeIntervalSince1970 == golden.time)
    #expect(event.unit == (golden.unit.contains("mm/h") ? .millimetresPerHour : .dimensionless))
    #expect(event.grid?.pixelWidth == golden.pixel?[0] && event.grid?.pixelHeight == golden.pixel?[1])
    #expect(event.grid?.projection?.contains("+proj=") == true)
    try #require(frame.values.count == golden.values.count)
    for (index, expected) in golden.values.enumerated() {
      #expect(frame.isValid[index] == (expected != nil), "\(name), value \(index)")
      #expect(abs(frame.values[index] - (expected ?? 0)) <= 1e-5 * max(1, abs(expected ?? 0)))
    }
  }

  @Test func truncationAtAnyLength() throws {
    let folder = try TemporaryFolder()
    for name in Self.golden.keys.sorted() {
      let whole = try Data(contentsOf: GoldenFiles.folder("gdal").appendingPathComponent(name))
      let file = try folder.file(name)
      for share in [0, 0.01, 0.1, 0.4] {
        try whole.prefix(Int(share * Double(whole.count))).write(to: file)
        let error = dataError { try openData(at: [file]).events[0].frame(at: 0) }
        #expect(error?.file?.hasSuffix(name) == true, "\(name) cut to \(share)")
      }
    }
  }
}
