import DataTestSupport
import Foundation
import Readers
import Testing

@Suite struct KNMIReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(_ fixture: KNMIFixture, _ name: String = "rain.h5") throws -> URL {
    let file = try folder.file(name)
    try fixture.write(to: file)
    return file
  }

  @Test(arguments: [KNMIFixture.Strings.fixed, .padded, .variable])
  func accumulationsBecomeRates(strings: KNMIFixture.Strings) throws {
    var fixture = KNMIFixture()
    fixture.strings = strings
    let file = try written(fixture)
    let frame = try KNMIReader().frame(in: file)
    #expect(frame.shape == FrameShape(height: 2, width: 3))
    // 0.01 mm a count in 5 minutes are 0.12 mm/h.
    for (value, expected) in zip(frame.values, [0, 0.12, 0.24, 1.2, 0, 6] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
    #expect(frame.isValid == [true, true, true, true, false, true])
    // 2010-08-27 00:00 UTC
    #expect(frame.time == Date(timeIntervalSince1970: 1_282_867_200))
    let header = try KNMIReader().header(of: file)
    #expect(header.interval == 5)
    #expect(header.unit == .millimetresPerHour)
    #expect(header.grid?.projection == "+proj=stere +lat_0=90")
  }

  @Test func theIntervalComesFromTheFile() throws {
    let frame = try KNMIReader().frame(in: written(.ending(minute: 60, interval: 15)))
    #expect(abs(frame.values[5] - 2) < 1e-6)  // 0.5 mm in a quarter of an hour
  }

  @Test(arguments: [
    ("GEO=0.01*PV+0.0", 0.12), ("GEO = 0.02 * PV", 0.24), ("geo=0.01*PV+-0.005", 0.06),
    ("GEO=1E-2*PV+0.01", 0.24),
  ])
  func formulas(text: String, rateOfOneCount: Float) throws {
    var fixture = KNMIFixture()
    fixture.formula = text
    #expect(abs(try KNMIReader().frame(in: written(fixture)).values[1] - rateOfOneCount) < 1e-6)
  }

  @Test func ratesStayRates() throws {
    var fixture = KNMIFixture()
    fixture.parameter = "PRECIPITATION_[MM/H]"
    fixture.start = fixture.end
    #expect(abs(try KNMIReader().frame(in: written(fixture)).values[5] - 0.5) < 1e-6)
  }

  @Test func bothKindsOfMissingPixels() throws {
    var fixture = KNMIFixture()
    fixture.missing = 10
    #expect(
      try KNMIReader().frame(in: written(fixture)).isValid == [true, true, true, false, false, true])
    fixture.missing = nil
    fixture.outOfImage = nil
    #expect(try KNMIReader().frame(in: written(fixture)).missingCount == 0)
  }

  @Test func contiguousDataAreRead() throws {
    var fixture = KNMIFixture()
    fixture.isCompressed = false
    #expect(try KNMIReader().frame(in: written(fixture)).missingCount == 1)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: DataError.Kind
    let change: @Sendable (inout KNMIFixture) -> Void

    init(_ name: String, _ kind: DataError.Kind, _ change: @escaping @Sendable (inout KNMIFixture) -> Void) {
      testDescription = name
      self.kind = kind
      self.change = change
    }
  }

  static let refusals = [
    Refusal("no image", .missingObject) { $0.pixels = .absent },
    Refusal("no formula", .missingObject) { $0.formula = nil },
    Refusal("no end time", .missingObject) { $0.end = nil },
    Refusal("no quantity", .missingObject) { $0.parameter = nil },
    Refusal("reflectivity", .wrongType) { $0.parameter = "REFLECTIVITY_[DBZ]" },
    Refusal("odd formula", .badValue) { $0.formula = "GEO=sin(PV)" },
    Refusal("zero gain", .badValue) { $0.formula = "GEO=0*PV+1" },
    Refusal("infinite gain", .badValue) { $0.formula = "GEO=inf*PV+1" },
    Refusal("odd time", .badValue) { $0.end = "31-FEB-2010;00:00:00.000" },
    Refusal("odd month", .badValue) { $0.end = "12-FOO-2010;00:00:00.000" },
    Refusal("no interval", .badValue) { $0.start = $0.end },
    Refusal("floats", .wrongType) { $0.pixels = .floats([1, 2, 3, 4, 5, 6], dimensions: [2, 3]) },
    Refusal("three axes", .wrongShape) {
      $0.pixels = .unsigned16([1, 2, 3, 4, 5, 6], dimensions: [1, 2, 3])
    },
    Refusal("other rows than stated", .wrongShape) { $0.rows = 3 },
    Refusal("empty axis", .wrongShape) { $0.pixels = .claimed([0, 5], chunk: nil) },
    Refusal("absurd size", .wrongShape) {
      $0.pixels = .claimed([1_000_000_000, 1_000_000_000], chunk: [16, 16])
    },
    Refusal("size that overflows", .wrongShape) {
      $0.pixels = .claimed([1 << 40, 1 << 40], chunk: [16, 16])
    },
    Refusal("absurd chunks", .wrongShape) { $0.pixels = .claimed([16, 16], chunk: [30_000, 30_000]) },
  ]

  @Test(arguments: refusals)
  func otherFilesAreRefused(refusal: Refusal) throws {
    var fixture = KNMIFixture()
    refusal.change(&fixture)
    let file = try written(fixture)
    let error = dataError { try KNMIReader().frame(in: file) }
    #expect(error?.kind == refusal.kind, "\(error.map(String.init(describing:)) ?? "no error")")
    #expect(error?.file == file.path)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func foreignFilesAreRefused() throws {
    let text = try folder.file("notes.h5")
    try Data("not HDF5 at all".utf8).write(to: text)
    #expect(dataError { try KNMIReader().frame(in: text) }?.kind == .foreignFormat)
    let empty = try folder.file("empty.h5")
    try Data().write(to: empty)
    #expect(dataError { try KNMIReader().frame(in: empty) }?.kind == .foreignFormat)
    #expect(dataError { try KNMIReader().frame(in: folder.url) }?.kind == .notFound)
    #expect(
      dataError { try KNMIReader().frame(in: folder.url.appendingPathComponent("no.h5")) }?.kind == .notFound)
  }
}
