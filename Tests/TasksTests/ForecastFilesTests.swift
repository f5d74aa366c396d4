import Foundation
import HDF5
import NumPyFiles
import Readers
import Reports
import Sampling
import Tasks
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

  // MARK: Several members

  /// Three members: the known forecast, twice and three times as much.
  static func ensemble(leads: Int = 13) throws -> Forecast {
    let one = try known(leads: leads)
    return try Forecast(
      values: [1, 2, 3].flatMap { factor in one.values.map { factor * $0 } }, members: 3,
      isValid: one.isValid, height: 3, width: 4, leads: one.leads, hasTimes: true,
      reference: one.reference, unit: one.unit)
  }

  /// With one member files hold what they held before there were members.
  @Test func oneMemberIsWrittenAsEver() throws {
    try Commands.withFolder { folder in
      let forecast = try Self.known()
      let files = ForecastFiles(forecast, withHourlySums: true)
      let arrays = try files.write(to: folder.appending(path: "f.npy"))
      let masked = forecast.values.indices.map { $0 % 12 == 0 ? Float.nan : forecast.values[$0] }
      #expect(
        try Data(contentsOf: arrays[0]) == NumPyArray(shape: [13, 3, 4], floats: masked).encoded())
      let netCDF = try files.write(to: folder.appending(path: "f.nc"))
      try HDF5File.reading(netCDF[0]) { file throws in
        #expect(throws: HDF5Error.self) { try file.dimensions(of: "realization") }
        #expect(throws: HDF5Error.self) { try file.dimensions(of: "quantile") }
      }
    }
  }

  @Test func arraysAndNetCDFHoldAllMembers() throws {
    try Commands.withFolder { folder in
      let forecast = try Self.ensemble().adding(quantiles: [0.25, 0.5], exceedance: [20, 30, 60])
      let files = ForecastFiles(forecast, withHourlySums: true)
      let arrays = try files.write(to: folder.appending(path: "f.npy"))
      let array = try NumPyFile(contentsOf: arrays[0]).array()
      #expect(array.shape == [3, 13, 3, 4])
      let values = array.floats()
      #expect(values[0].isNaN && values[13 * 12].isNaN && values[(13 + 1) * 12 + 3] == 24)
      #expect(try NumPyFile(contentsOf: arrays[1]).array().shape == [3, 1, 3, 4])

      let netCDF = try files.write(to: folder.appending(path: "f.nc"))
      try HDF5File.reading(netCDF[0]) { file throws in
        #expect(try file.dimensions(of: "rainfall_rate") == [3, 13, 3, 4])
        #expect(try file.dimensions(of: "rainfall_amount") == [3, 1, 3, 4])
        #expect(try file.dimensions(of: "rainfall_rate_quantile") == [2, 13, 3, 4])
        #expect(try file.dimensions(of: "rainfall_amount_quantile") == [2, 1, 3, 4])
        #expect(try file.dimensions(of: "probability_of_rainfall_rate_above_threshold") == [3, 13, 3, 4])
        #expect(try file.string("standard_name", of: "realization") == "realization")
        #expect(try file.string("CLASS", of: "realization") == "DIMENSION_SCALE")
        #expect(try file.string("units", of: "rainfall_rate_quantile") == "mm h-1")
        #expect(try file.string("units", of: "threshold") == "mm h-1")
      }
      // Without being asked for there are no quantiles.
      let plain = try ForecastFiles(Self.ensemble()).write(to: folder.appending(path: "p.nc"))
      try HDF5File.reading(plain[0]) { file throws in
        #expect(try file.dimensions(of: "rainfall_rate") == [3, 13, 3, 4])
        #expect(throws: HDF5Error.self) { try file.dimensions(of: "rainfall_rate_quantile") }
      }
    }
  }

  /// Pictures show the mean, or a member.
  @Test func picturesOfMembers() throws {
    try Commands.withFolder { folder in
      func bytes(_ files: ForecastFiles, _ name: String) throws -> [Data] {
        try files.write(to: folder.appending(path: name)).map { try Data(contentsOf: $0) }
      }
      let ensemble = try Self.ensemble()
      for name in ["f.png", "f.gif"] {
        let first = try bytes(ForecastFiles(ensemble, pictured: .member(0)), name)
        #expect(try first == bytes(ForecastFiles(Self.known()), name))
        // The mean is the second member, twice the first.
        let mean = try bytes(ForecastFiles(ensemble), name)
        #expect(try mean == bytes(ForecastFiles(ensemble, pictured: .member(1)), name) && mean != first)
      }
    }
  }

  @Test func seriesHaveMeanAndQuantiles() throws {
    let places = [
      try PlaceSeries.Place(point: "mast=1,3"), try PlaceSeries.Place(polygon: "-1,1.5 -1,4 3,4 3,1.5"),
    ]
    let series = try PlaceSeries(Self.ensemble(), places: places)
    let lines = series.csv().split(separator: "\n")
    #expect(lines[0] == "time,lead_minutes,place,mean,p10,p50,p90")
    // 11, 22, 33; of the area 6, 12, 18.
    #expect(lines[1] == "2010-08-26T00:05:00Z,5,mast,22.0,13.2,22.0,30.8")
    #expect(lines[2] == "2010-08-26T00:05:00Z,5,polygon,12.0,7.2,12.0,16.8")
    let hours = try series.hourlyCSV().split(separator: "\n")
    #expect(hours[0] == "hour_ending,lead_minutes,place,mean_mm,p10_mm,p50_mm,p90_mm")
    #expect(hours[1].hasPrefix("2010-08-26T01:00:00Z,60,mast,33.0,19.8"))
  }
}
