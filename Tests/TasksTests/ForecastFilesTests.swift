import Tasks
import Foundation
import HDF5
import NumPyFiles
import Reports
import Readers
import Sampling
import Testing
import VideoFiles

/// What a forecast is written as: arrays, NetCDF, pictures, series at places.
@Suite struct ForecastFilesTests {
  /// Twelve leads of 5 minutes and 13 of them, 3 × 4 pixels: lead l has l everywhere, and 10 more in the last column.
  static func known(leads: Int = 13) throws -> Forecast {
    let values = (1...leads).flatMap { lead in
      (0..<12).map { Float(lead) + ($0 % 4 == 3 ? 10 : 0) }
    }
    return try Forecast(
      values: values, isValid: (0..<12).map { $0 != 0 }, height: 3, width: 4,
      leads: (1...leads).map { 5 * Double($0) }, hasTimes: true,
      reference: Date(timeIntervalSince1970: 1_282_780_800), unit: .millimetresPerHour)
  }

  @Test func hoursAreSummed() throws {
    let sums = try Self.known().hourlySums()
    #expect(sums.leads == [60] && sums.unit == .millimetres && sums.members == 1)
    #expect(abs(sums.values[1] - 78 / 12) < 1e-5)
    #expect(abs(sums.values[3] - (78 + 120) / 12) < 1e-4)
    #expect(throws: ForecastingError.self) { try Self.known(leads: 11).hourlySums() }
  }

  @Test func seriesAtPlaces() throws {
    let places = [
      try PlaceSeries.Place(point: "mast=1,3"), try PlaceSeries.Place(point: "2.2, 0.4"),
      try PlaceSeries.Place(polygon: "west, all=-1,-1 -1,2.5 3,2.5 3,-1"),
      try PlaceSeries.Place(polygon: "-1,1.5 -1,4 3,4 3,1.5"),
    ]
    let series = try PlaceSeries(Self.known(), places: places)
    let lines = series.csv().split(separator: "\n")
    #expect(lines.count == 1 + 13 * 4)
    #expect(lines[0] == "time,lead_minutes,place,value")
    #expect(lines[1] == "2010-08-26T00:05:00Z,5,mast,11.0")
    #expect(lines[2] == "2010-08-26T00:05:00Z,5,\"2.2, 0.4\",1.0")
    #expect(lines[3] == "2010-08-26T00:05:00Z,5,\"west, all\",1.0")
    #expect(lines[4] == "2010-08-26T00:05:00Z,5,polygon,6.0")
    #expect(try series.hourlyCSV().contains("2010-08-26T01:00:00Z,60,mast,16.5\n"))
    for place in ["0,0", "3,1", "0,-1", "52.1/5.1"] {
      #expect(throws: ForecastingError.self) {
        try PlaceSeries(Self.known(), places: [PlaceSeries.Place(point: place)])
      }
    }
    for text in ["", "1", "1,2,3", "91/5", "a/b"] {
      #expect(throws: ForecastingError.self) { try PlaceSeries.Coordinate(text) }
    }
  }

  @Test func readsAPolygonFromGeoJSON() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString).geojson")
    defer { try? FileManager.default.removeItem(at: file) }
    let json = """
      {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon",
      "coordinates": [[[5.0, 52.0], [5.1, 52.3], [5.6, 52.1], [5.0, 52.0]]]}}]}
      """
    try Data(json.utf8).write(to: file)
    let place = try PlaceSeries.Place(polygon: "basin=" + file.path)
    #expect(place.name == "basin")
    guard case .polygon(let corners) = place.area else { Issue.record("no polygon"); return }
    #expect(corners.count == 4 && corners[1] == .position(latitude: 52.3, longitude: 5.1))
  }

  @Test func writesEveryFormat() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try ForecastFiles(Self.known(), withHourlySums: true)
    let arrays = try files.write(to: folder.appending(path: "f.npy"))
    #expect(arrays.map(\.lastPathComponent) == ["f.npy", "f_hourly.npy"])
    let array = try NumPyFile(contentsOf: arrays[0]).array()
    #expect(array.shape == [13, 3, 4] && array.floats()[0].isNaN && array.floats()[12 + 3] == 12)
    let pictures = try files.write(to: folder.appending(path: "f.png"))
    #expect(pictures.count == 13 && pictures[1].lastPathComponent == "f_010.png")
    #expect(try Data(contentsOf: pictures[0]).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let animation = try files.write(to: folder.appending(path: "f.gif"))
    #expect(try Data(contentsOf: animation[0]).starts(with: Array("GIF89a".utf8)))
    do {
      let video = try files.write(to: folder.appending(path: "f.mp4"))
      let decoder = try VideoDecoder(video[0])
      // 4 × 3 pixels, enlarged 80 times; 13 pictures.
      #expect(decoder.width == 320 && decoder.height == 240)
      let first = try #require(try decoder.next())
      // The missing pixel is grey, those with 1 mm/h and 11 mm/h have the colours of their classes.
      let scale = ColourScale.rainRate
      for (row, column, value) in [(0, 0, Float.nan), (1, 1, 1), (2, 3, 11)] {
        let want = scale.palette[Int(scale.index(of: value))]
        let at = ((row * 80 + 40) * 320 + column * 80 + 40) * 3
        for (got, want) in zip(first.bytes[at..<at + 3], [want.red, want.green, want.blue]) {
          #expect(abs(Int(got) - Int(want)) <= 12)
        }
      }
      var count = 1
      while try decoder.next() != nil { count += 1 }
      #expect(count == 13)
    } catch let error as VideoError where error.kind == .unavailable {
      print("built without FFmpeg: videos are not tested")
    }
    let netCDF = try files.write(to: folder.appending(path: "f.nc"))
    try HDF5File.reading(netCDF[0]) { file throws in
      #expect(try file.dimensions(of: "rainfall_rate") == [13, 3, 4])
      #expect(try file.dimensions(of: "rainfall_amount") == [1, 3, 4])
      #expect(try file.string("units", of: "rainfall_rate") == "mm h-1")
      #expect(try file.string("CLASS", of: "time") == "DIMENSION_SCALE")
      #expect(file.hasAttribute("DIMENSION_LIST", of: "rainfall_rate"))
      #expect(try file.string("units", of: "time") == "seconds since 1970-01-01 00:00:00")
    }
    #expect(throws: ForecastingError.self) { try files.write(to: folder.appending(path: "f.tif")) }
    #expect(throws: ForecastingError.self) { try files.write(to: URL(filePath: "/proc/none/f.npy")) }
  }
}
