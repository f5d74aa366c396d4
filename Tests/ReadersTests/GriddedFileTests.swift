import DataTestSupport
import Foundation
import Readers
import Sampling
import Testing

/// Gridded formats against h5py, netCDF4 and pysteps: times, missing pixels and every value.
@Suite struct GriddedFileTests {
  struct Golden: Decodable {
    var times: [Double]
    var shape: [Int]
    var values: [Float?]
  }

  static let golden = (try? GoldenFiles.json("fields/values.json", as: [String: Golden].self)) ?? [:]

  static func url(_ name: String) -> URL { GoldenFiles.folder("fields").appendingPathComponent(name) }

  private func events(_ name: String) throws -> [any FrameSource] {
    var options = DataOptions()
    if name == "samples.h5" { options = DataOptions(dataset: "vil", axes: try ArrayAxes("NHWT")) }
    return try openData(at: [Self.url(name)], options: options).events
  }

  @Test(arguments: golden.keys.sorted())
  func asOtherLibrariesRead(_ name: String) throws {
    let golden = try #require(Self.golden[name])
    var frames: [Frame] = []
    for event in try events(name) { frames += try (0..<event.count).map { try event.frame(at: $0) } }
    #expect(
      [frames.count, frames[0].shape.height, frames[0].shape.width, frames[0].shape.channels] == golden.shape)
    #expect(frames.compactMap { $0.time?.timeIntervalSince1970 } == golden.times)
    let values = frames.flatMap { frame in zip(frame.values, frame.isValid).map { $1 ? $0 : nil } }
    try #require(values.count == golden.values.count)
    for (index, (value, expected)) in zip(values, golden.values).enumerated() {
      guard let value, let expected else {
        #expect(value == nil && expected == nil, "\(name), value \(index): \(String(describing: value))")
        continue
      }
      #expect(abs(value - expected) <= 2e-5 * max(abs(expected), 1e-3), "\(name), value \(index)")
    }
  }

  @Test func whatFilesSayAboutThemselves() throws {
    let odim = try events("accumulation.h5")[0]
    #expect(odim.unit == .millimetresPerHour && odim.nominalStep == 5)
    #expect(odim.grid?.projection == "+proj=laea +lat_0=55 +lon_0=10" && odim.grid?.pixelWidth == 2)
    #expect(odim.grid?.corners.first == .init(longitude: 0.2, latitude: 50))
    let netcdf = try events("version4.nc")[0]
    #expect(netcdf.unit == .millimetresPerHour && netcdf.nominalStep == 10)
    #expect(netcdf.grid?.projection == "+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60")
    #expect(netcdf.grid?.pixelHeight == 0.5 && netcdf.grid?.pixelWidth == 1)
    #expect(try events("classic.nc")[0].grid == netcdf.grid)
    // Four frames ten minutes apart, and one absent before the last.
    let windows = try WindowIndex(of: AnySource(netcdf), inputFrames: 2, forecastFrames: 1)
    #expect(windows.count == 1 && windows.droppedByGaps == 1)
    let fmi = try events("201609281600_fmi.pgm.gz")[0]
    #expect(fmi.grid?.projection?.hasPrefix("+proj=stere +lon_0=25E") == true)
    let radolan = try events("raa01-rw_10000-2010301450-dwd---bin.gz")[0]
    #expect(radolan.nominalStep == 60)
  }

  @Test func arraysOfHDF5ByName() throws {
    let file = Self.url("samples.h5")
    let error = dataError { try openData(at: [file]) }
    #expect(error?.kind == .missingObject && error?.received.contains("vil (3×5×7×4)") == true)
    #expect(dataError { try openData(at: [file], options: .init(dataset: "id")) } != nil)
    #expect(
      dataError { try openData(at: [file], options: .init(dataset: "nothing")) }?.kind == .missingObject)
    let chunked = try openData(at: [file], options: .init(dataset: "vil", axes: ArrayAxes("NHWT"))).events
    let options = DataOptions(dataset: "plain", axes: try ArrayAxes("NTHW"), gain: 1 / 255.0)
    let plain = try openData(at: [file], options: options).events
    #expect(plain.count == 3 && plain[0].unit == .dimensionless)
    for sample in 0..<3 {
      for time in 0..<4 {
        let (a, b) = (try chunked[sample].frame(at: time).values, try plain[sample].frame(at: time).values)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
    let odim = try openData(
      at: [Self.url("rate.h5")], options: .init(reader: .hdf5, dataset: "dataset1/data2/data")
    ).events[0]
    #expect(odim.unit == .dimensionless && odim.timestamps == nil)
  }

  @Test func foldersOfOneMomentAFile() throws {
    let folder = try TemporaryFolder()
    for name in ["rate.h5", "accumulation.h5"] {
      try FileManager.default.copyItem(at: Self.url(name), to: folder.file("sub é/\(name)"))
    }
    let events = try openData(at: [folder.url]).events
    #expect(events.count == 1 && events[0].count == 2)
    #expect(events[0].timestamps?.first == Date(timeIntervalSince1970: 1_475_323_500))
    let both = try openData(at: [Self.url("rate.h5"), Self.url("accumulation.h5")]).events
    #expect(both.count == 2)
    try Data("junk".utf8).write(to: folder.file("z.h5"))
    #expect(dataError { try openData(at: [folder.url]) } != nil)
    let skipped = SkipLog()
    #expect(
      try openData(at: [folder.url], options: .init(skipBad: true), skipped: skipped).events[0].count == 2)
    #expect(skipped.count == 1)
  }

  /// Above 2,000 files names stand for headers; a file that says another time is found when it is read.
  @Test func manyFilesTrustTheirNames() throws {
    let folder = try TemporaryFolder()
    func name(_ number: Int) -> String { String(format: "20200101%02d%02d", number / 60, number % 60) }
    // 1,200 minutes of one day and as many of the next.
    for day in 0..<2 {
      for number in 0..<1200 {
        let time = "2020010\(1 + day)" + name(number).suffix(4)
        let stated = day == 1 && number == 700 ? "202101010000" : time
        let data = pgm(height: 2, width: 3, first: number % 100, comments: ["obstime \(stated)"])
        // Not through Foundation, which waits for the disk after each file.
        let file = try #require(fopen(folder.url.appendingPathComponent("\(time)_fmi.pgm").path, "wb"))
        data.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
        fclose(file)
      }
    }
    let event = try openData(at: [folder.url]).events[0]
    #expect(event.count == 2400 && event.nominalStep == 1)
    #expect(event.timestamps?[1200] == Date(timeIntervalSince1970: 1_577_923_200))
    #expect(try event.frame(at: 5).values[1] > 0)
    let error = dataError { try event.frame(at: 1900) }
    #expect(error?.kind == .badValue && error?.file?.hasSuffix("202001021140_fmi.pgm") == true)
  }

  @Test(.enabled(if: GDALReader.isAvailable, "built without the trait GDAL"))
  func tilesThroughGDAL() throws {
    let folder = try TemporaryFolder()
    for (source, time) in [("tiles.tif", "202006010005"), ("floats.tif", "202006010000")] {
      let file = GoldenFiles.folder("pictures").appendingPathComponent(source)
      try FileManager.default.copyItem(at: file, to: folder.file("\(source.prefix(5))/x_\(time).tif"))
    }
    let tiles = try openData(at: [folder.url.appendingPathComponent("tiles")]).events[0]
    #expect(tiles.shape == FrameShape(height: 35, width: 33) && tiles.unit == .dimensionless)
    #expect(tiles.timestamps == [Date(timeIntervalSince1970: 1_590_969_900)])
    let values = try tiles.frame(at: 0).values
    for (row, column) in [(0, 0), (34, 32), (17, 20)] {
      #expect(values[row * 33 + column] == Float((row % 7 * 31 + column % 11 * 17) % 256))
    }
    let floats = try openData(at: [folder.url.appendingPathComponent("float")]).events[0].frame(at: 0)
    #expect(floats.values[8] == 136 && floats.missingCount == 0)
    let text = try folder.file("text.grib2")
    try Data("GRIB".utf8).write(to: text)
    #expect(dataError { try openData(at: [text]) }?.kind == .corrupt)
  }

  @Test(.enabled(if: !GDALReader.isAvailable, "built with the trait GDAL"))
  func gribIsRefusedWithoutGDAL() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("rate.grib2")
    try Data("GRIB".utf8).write(to: file)
    let error = dataError { try openData(at: [file]) }
    #expect(error?.kind == .unsupported && error?.remedy.contains("--traits GDAL") == true)
  }

  @Test func missingGroupsAndWrongQuantities() throws {
    #expect(
      dataError { try ODIMReader(group: "dataset1/data1").header(of: Self.url("rate.h5")) }?.kind
        == .wrongType)
    #expect(dataError { try ODIMReader(group: "dataset3/data1").header(of: Self.url("rate.h5")) } != nil)
    #expect(dataError { try ODIMReader().header(of: Self.url("samples.h5")) }?.kind == .missingObject)
    #expect(dataError { try KNMIReader().header(of: Self.url("rate.h5")) }?.kind == .missingObject)
    #expect(dataError { try FMIReader().header(of: Self.url("rate.h5")) }?.kind == .foreignFormat)
    #expect(dataError { try RADOLANReader().header(of: Self.url("rate.h5")) }?.kind == .foreignFormat)
    let picture = GoldenFiles.folder("pictures").appendingPathComponent("palette.gif")
    #expect(dataError { try MeteoSwissReader().header(of: picture) }?.kind == .foreignFormat)
  }

  @Test(arguments: golden.keys.sorted().filter { !$0.hasSuffix(".h5") })
  func truncationAtAnyLength(_ name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: Self.url(name))
    let file = try folder.file(name)
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      try whole.prefix(length).write(to: file)
      let error = dataError {
        for event in try openData(at: [file]).events {
          _ = try (0..<event.count).map { try event.frame(at: $0) }
        }
      }
      #expect(error != nil, "\(name) cut to \(length) of \(whole.count)")
    }
  }
}

/// A source of any type as one type.
struct AnySource: FrameSource {
  let base: any FrameSource
  init(_ base: any FrameSource) { self.base = base }
  var count: Int { base.count }
  var shape: FrameShape { base.shape }
  var timestamps: [Date]? { base.timestamps }
  var nominalStep: Double? { base.nominalStep }
  var unit: PhysicalUnit { base.unit }
  var grid: GridMetadata? { base.grid }
  func frame(at index: Int) throws -> Frame { try base.frame(at: index) }
}
