import Foundation
import HDF5

/// Reads composites and Cartesian images in ODIM_H5, the format of OPERA and of many weather services (RMI, DMI,
/// SMHI, FMI …).
///
/// Values are gain · PV + offset. `nodata` is missing; `undetect` (measured, and nothing seen) is no rain. Rain rates
/// (`RATE`) are taken as they are, accumulations (`ACRR`) divided by their interval, reflectivities (`DBZH`, `TH` …)
/// turned into mm/h by Z = 200 R^1.6. A frame's time is the end of its interval, in UTC.
///
/// Source: D. Michelson et al., "EUMETNET OPERA weather radar information model for implementation with the HDF5 file
/// format", version 2.2 and later.
public struct ODIMReader: FrameFileReader {
  /// The group to read, such as `dataset1/data2`; `nil` takes the first that holds rain or reflectivity.
  public var group: String?
  /// The Z–R relation for reflectivities.
  private static let quantities: [String: StoredUnit] = [
    "RATE": .millimetresPerHour, "ACRR": .millimetres, "DBZH": .decibels, "DBZV": .decibels, "TH": .decibels,
    "TV": .decibels, "DBZ": .decibels, "DBRAIN": .decibels,
  ]

  public init(group: String? = nil) { self.group = group }

  public var fileExtensions: [String] { ["h5", "hdf", "hdf5"] }

  /// Whether a file has the groups of this format.
  static func recognises(_ file: HDF5File) -> Bool {
    file.exists("what") && file.hasAttribute("object", of: "what") && file.exists("dataset1")
  }

  public func header(of file: URL) throws -> FrameFileHeader {
    try HDF5File.readingData(file) { try Image(file: $0, group: group).header }
  }

  public func frame(in file: URL) throws -> Frame {
    try HDF5File.readingData(file) { file in
      let image = try Image(file: file, group: group)
      var values: [Float] = try file.numbers(in: image.data)
      let (nodata, undetect) = (image.nodata.map { Float($0) }, image.undetect.map { Float($0) })
      // Nothing seen: no echo for reflectivities, no rain otherwise.
      let nothing: Float = image.unit == .decibels ? -.infinity : 0
      for index in values.indices {
        let stored = values[index]
        values[index] =
          stored == nodata
          ? .nan : stored == undetect ? nothing : Float(image.gain * Double(stored) + image.offset)
      }
      try image.unit.convert(&values, interval: image.interval, file: file.path)
      return try Frame(shape: image.header.shape, values: values, time: image.header.time)
    }
  }

  /// One `dataN` group and what applies to it.
  private struct Image {
    let data: String
    let unit: StoredUnit
    let gain: Double
    let offset: Double
    let nodata: Double?
    let undetect: Double?
    let interval: Double?
    let header: FrameFileHeader

    init(file: HDF5File, group: String?) throws {
      guard ODIMReader.recognises(file) else {
        throw file.missing("the group what with its object, and dataset1")
      }
      let object = try file.string("object", of: "what")
      guard ["COMP", "IMAGE", "CVOL"].contains(object) else {
        throw DataError(
          .wrongType, file: file.path, expected: "a composite or image (COMP, IMAGE)", received: object,
          remedy: "Volumes and scans in polar coordinates are not read: make a Cartesian product of them.")
      }
      let place = try group ?? Self.first(file)
      data = place + "/data"
      let parts = place.split(separator: "/").map(String.init)
      let dataset = parts.first ?? "dataset1"
      // What a data group leaves out stands in its dataset, and then at the root.
      let levels = [place + "/what", dataset + "/what", "what"]
      func number(_ name: String) throws -> Double? {
        for level in levels where file.hasAttribute(name, of: level) {
          return try file.numbers(name, of: level).first
        }
        return nil
      }
      let quantity = try Self.text("quantity", file, levels) ?? ""
      guard let unit = ODIMReader.quantities[quantity.uppercased()] else {
        throw DataError(
          .wrongType, file: file.path,
          expected: "one of \(ODIMReader.quantities.keys.sorted().joined(separator: ", ")) in \(place)",
          received: "“\(quantity)”", remedy: "Name another group by --dataset, such as dataset1/data2.")
      }
      self.unit = unit
      gain = try number("gain") ?? 1
      offset = try number("offset") ?? 0
      nodata = try number("nodata")
      undetect = try number("undetect")
      let start = try Self.time("startdate", "starttime", file, levels)
      let end = try Self.time("enddate", "endtime", file, levels)
      guard let time = try end ?? Self.time("date", "time", file, levels) else {
        throw file.missing("enddate and endtime, or date and time, in what")
      }
      let minutes = start.map { time.timeIntervalSince($0) / 60 }
      interval = minutes.flatMap { $0 > 0 ? $0 : nil }
      guard let found = try file.describe(data), found.isNumeric, found.dimensions.count == 2 else {
        throw file.wrongType(data, expected: "rows and columns of numbers", received: "something else")
      }
      let shape = FrameShape(height: found.dimensions[0], width: found.dimensions[1])
      for (name, length) in [("ysize", shape.height), ("xsize", shape.width)]
      where file.hasAttribute(name, of: "where") {
        guard try file.numbers(name, of: "where").first == Double(length) else {
          throw DataError(
            .wrongShape, file: file.path, expected: "an image as large as where@\(name) says",
            received: "\(shape)", remedy: "The file is damaged: fetch it again.")
        }
      }
      header = FrameFileHeader(
        shape: shape, time: time, interval: interval, unit: unit.frameUnit, grid: Self.grid(file))
    }

    /// The first data group with a quantity that is rain or reflectivity.
    private static func first(_ file: HDF5File) throws -> String {
      var found: [String] = []
      for dataset in (1...64).map({ "dataset\($0)" }) where file.exists(dataset) {
        for data in (1...64).map({ "\(dataset)/data\($0)" }) where file.exists(data) {
          let quantity = try text("quantity", file, [data + "/what", dataset + "/what"]) ?? ""
          if ODIMReader.quantities[quantity.uppercased()] != nil { return data }
          found.append("\(data) (\(quantity))")
        }
      }
      throw DataError(
        .missingObject, file: file.path,
        expected: "a group with one of \(ODIMReader.quantities.keys.sorted().joined(separator: ", "))",
        received: found.isEmpty ? "none" : found.joined(separator: ", "),
        remedy: "Read another quantity by --reader hdf5 --dataset dataset1/data1/data.")
    }

    private static func text(_ name: String, _ file: HDF5File, _ levels: [String]) throws -> String? {
      for level in levels where file.hasAttribute(name, of: level) { return try file.string(name, of: level) }
      return nil
    }

    /// `20161001` and `123000`.
    private static func time(
      _ date: String, _ clock: String, _ file: HDF5File, _ levels: [String]
    ) throws -> Date? {
      guard let day = try text(date, file, levels), let hour = try text(clock, file, levels) else {
        return nil
      }
      guard day.count == 8, [4, 6].contains(hour.count),
        let time = try TimePattern("%Y%m%d%H%M%S").date(
          in: day + hour.padding(toLength: 6, withPad: "0", startingAt: 0))
      else {
        throw DataError(
          .badValue, file: file.path, expected: "a time such as 20161001 and 123000 in \(date) and \(clock)",
          received: "“\(day)” and “\(hour)”", remedy: "Check that the file is of this format.")
      }
      return time
    }

    /// The grid is an extra: what is absent or odd is left out.
    private static func grid(_ file: HDF5File) -> GridMetadata? {
      guard file.exists("where") else { return nil }
      func number(_ name: String) -> Double? {
        file.hasAttribute(name, of: "where") ? (try? file.numbers(name, of: "where"))?.first : nil
      }
      var grid = GridMetadata()
      grid.projection =
        file.hasAttribute("projdef", of: "where") ? try? file.string("projdef", of: "where") : nil
      grid.pixelWidth = number("xscale").map { abs($0) / 1000 }
      grid.pixelHeight = number("yscale").map { abs($0) / 1000 }
      let corners = ["UL", "UR", "LR", "LL"].compactMap { corner -> GridMetadata.Position? in
        guard let longitude = number(corner + "_lon"), let latitude = number(corner + "_lat") else {
          return nil
        }
        return .init(longitude: longitude, latitude: latitude)
      }
      if corners.count == 4 { grid.corners = corners }
      return grid
    }
  }
}
