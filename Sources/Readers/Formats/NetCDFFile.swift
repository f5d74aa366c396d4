import Foundation

/// A field over time in a NetCDF file by the CF conventions, classic or version 4.
///
/// Packed numbers are unpacked (`scale_factor`, `add_offset`, `_FillValue`, `missing_value`, `valid_range`). The time is
/// the coordinate of an axis, or a single `valid_time` or `time`; sums become mm/h by the interval between `start_time`
/// (or the bounds of the time) and it. Rows are turned so that the first is northernmost.
struct NetCDFFile: Sendable {
  let store: any NetCDFStore
  let variable: NetCDFVariable
  let times: [Date]?
  let interval: Double?
  let unit: StoredUnit
  let grid: GridMetadata?
  let axes: ArrayAxes
  let isUpsideDown: Bool

  /// - Parameter dataset: The variable; without it the one that is no coordinate.
  /// - Throws: ``DataError`` if there is none, several, or the file is damaged.
  init(_ url: URL, options: DataOptions) throws {
    let start = try FileBytes.prefix(4, of: url)
    let store: any NetCDFStore =
      start.starts(with: [0x89, 0x48, 0x44, 0x46]) ? try HDF5NetCDF(url) : try ClassicNetCDF(url)
    try self.init(store, options: options)
  }

  init(_ store: any NetCDFStore, options: DataOptions) throws {
    self.store = store
    let variable = try options.dataset.map { try Self.named($0, store) } ?? Self.only(store)
    self.variable = variable
    let coordinates = variable.dimensions.map { $0.flatMap { store[$0] } }
    let roles = try options.axes?.order ?? Self.roles(variable, coordinates, store)
    guard roles.count == variable.shape.count else {
      throw DataError(
        .wrongShape, file: store.file, expected: "\(roles.count) axes of \(variable.name)",
        received: variable.shape.map(String.init).joined(separator: "×"),
        remedy: "Pass --axes with a letter for each.")
    }
    axes = try ArrayAxes(String(roles.map(\.rawValue)))
    (times, interval) = try Self.times(
      roles.firstIndex(of: .time).flatMap { coordinates[$0] }, store, declared: options.interval)
    unit = options.unit ?? Self.unit(variable)
    let rows = roles.firstIndex(of: .height).flatMap { coordinates[$0] }
    let columns = roles.firstIndex(of: .width).flatMap { coordinates[$0] }
    let (y, x) = (try Self.numbers(rows, store), try Self.numbers(columns, store))
    // Only a coordinate that grows northwards tells.
    isUpsideDown = y.count > 1 && y[1] > y[0] && Self.growsNorthwards(rows)
    grid = CFGrid.grid(of: variable, rows, y, columns, x, store)
  }

  private static func named(_ name: String, _ store: any NetCDFStore) throws -> NetCDFVariable {
    guard let variable = store[name] else {
      throw DataError(
        .missingObject, file: store.file, expected: "a variable \(name)",
        received: store.variables.map(\.name).joined(separator: ", "),
        remedy: "Name one of these by --dataset.")
    }
    return variable
  }

  private static func only(_ store: any NetCDFStore) throws -> NetCDFVariable {
    let bounds = Set(store.variables.compactMap { $0.text("bounds") })
    let fields = store.variables.filter { variable in
      variable.shape.count >= 2 && variable.shape.suffix(2).allSatisfy { $0 > 1 }
        && !bounds.contains(variable.name)
        && !["lat", "lon", "latitude", "longitude"].contains(variable.name.lowercased())
    }
    let rain = fields.filter { Self.unit($0) != .dimensionless }
    guard let found = fields.count == 1 ? fields.first : rain.count == 1 ? rain.first : nil else {
      let list = fields.map { "\($0.name) (\($0.shape.map(String.init).joined(separator: "×")))" }
      throw DataError(
        .missingObject, file: store.file, expected: "one variable that is a field, or the name of one",
        received: list.isEmpty ? "none" : list.joined(separator: ", "), remedy: "Name it by --dataset.")
    }
    return found
  }

  /// What each axis is: rows and columns are the last two unless their coordinates say otherwise.
  private static func roles(
    _ variable: NetCDFVariable, _ coordinates: [NetCDFVariable?], _ store: any NetCDFStore
  ) throws -> [ArrayAxes.Axis] {
    var roles = coordinates.map { coordinate -> ArrayAxes.Axis? in
      guard let coordinate else { return nil }
      let name = (coordinate.text("standard_name") ?? coordinate.name).lowercased()
      if coordinate.text("units")?.contains(" since ") == true || name == "time" { return .time }
      switch coordinate.text("axis")?.uppercased() {
      case "X": return .width
      case "Y": return .height
      case "T": return .time
      default: break
      }
      if ["longitude", "lon", "x", "projection_x_coordinate", "nx"].contains(name) { return .width }
      if ["latitude", "lat", "y", "projection_y_coordinate", "ny"].contains(name) { return .height }
      return nil
    }
    let rank = roles.count
    if !roles.contains(.width), rank >= 1, roles[rank - 1] == nil { roles[rank - 1] = .width }
    if !roles.contains(.height), rank >= 2, roles[rank - 2] == nil { roles[rank - 2] = .height }
    // What is left: an axis of length 1 is nothing; one in front of the others is time; more is for the user to say.
    let open = roles.indices.filter { roles[$0] == nil }
    if !roles.contains(.time), let first = open.first, first == 0 { roles[first] = .time }
    for index in roles.indices where roles[index] == nil {
      roles[index] = roles.contains(.channel) ? (roles.contains(.sample) ? nil : .sample) : .channel
    }
    let known = roles.compactMap { $0 }
    guard known.count == rank, Set(known).count == rank, known.contains(.height), known.contains(.width)
    else {
      throw DataError(
        .wrongShape, file: store.file, expected: "axes of \(variable.name) that are time, rows and columns",
        received: variable.dimensions.map { $0 ?? "?" }.joined(separator: ", "),
        remedy: "Pass --axes with one letter for each: N, T, H, W, C.")
    }
    return known
  }

  private static func numbers(_ variable: NetCDFVariable?, _ store: any NetCDFStore) throws -> [Double] {
    guard let variable, variable.shape.count == 1, variable.shape[0] <= 1 << 20 else { return [] }
    return try store.doubles(variable)
  }

  private static func growsNorthwards(_ rows: NetCDFVariable?) -> Bool {
    guard let rows else { return false }
    let name = (rows.text("standard_name") ?? rows.name).lowercased()
    return ["latitude", "lat", "projection_y_coordinate", "y"].contains(name)
  }

  private static func times(
    _ axis: NetCDFVariable?, _ store: any NetCDFStore, declared: Double?
  ) throws -> ([Date]?, Double?) {
    let single = ["valid_time", "time"].lazy.compactMap { store[$0] }.first { $0.shape.reduce(1, *) == 1 }
    guard let variable = axis ?? single, let units = variable.text("units") else { return (nil, declared) }
    guard let decoder = CFTime(units, calendar: variable.text("calendar")) else {
      throw DataError(
        .badValue, file: store.file,
        expected: "a time such as “seconds since 1970-01-01” in the standard calendar",
        received: "“\(units)”" + (variable.text("calendar").map { ", calendar \($0)" } ?? ""),
        remedy: "Convert the times.")
    }
    func dates(_ variable: NetCDFVariable, _ decoder: CFTime) throws -> [Date] {
      let packing = variable.packing
      return try store.doubles(variable).map { number in
        guard let date = decoder.date(number * packing.factor + packing.offset) else {
          throw DataError(
            .badValue, file: store.file, expected: "a time in \(variable.name)", received: "\(number)",
            remedy: "The file is damaged: fetch it again.")
        }
        return date
      }
    }
    let times = try dates(variable, decoder)
    if let (a, b) = zip(times, times.dropFirst()).first(where: { $0 >= $1 }) {
      throw DataError(
        .badValue, file: store.file, expected: "times that grow", received: "\(b) after \(a)",
        remedy: "Sort the file by time.")
    }
    if let declared { return (times, declared) }
    if let start = store["start_time"], start.shape.reduce(1, *) == 1, let text = start.text("units"),
      let starts = CFTime(text), let first = try dates(start, starts).first, let time = times.first
    {
      return (times, time > first ? time.timeIntervalSince(first) / 60 : nil)
    }
    if let name = variable.text("bounds"), let bounds = store[name], bounds.shape == variable.shape + [2] {
      let numbers = try store.doubles(bounds)
      let minutes = (numbers[1] - numbers[0]) * decoder.secondsPerUnit / 60
      return (times, minutes > 0 ? minutes : nil)
    }
    return (times, medianStep(of: times))
  }

  /// What the numbers mean, by their units.
  private static func unit(_ variable: NetCDFVariable) -> StoredUnit {
    let units = (variable.text("units") ?? "").lowercased().replacing(" ", with: "")
    switch units {
    case "mm/h", "mmh-1", "mm/hr", "mmhr-1", "mm.h-1", "kgm-2h-1", "mm/hour": return .millimetresPerHour
    case "mm", "kgm-2", "kg/m2", "kg/m^2", "kgm**-2": return .millimetres
    case "dbz": return .decibels
    default: return .dimensionless
    }
  }
}

/// The numbers of a NetCDF variable, unpacked.
struct NetCDFBlocks: ArrayBlocks {
  let store: any NetCDFStore
  let variable: NetCDFVariable
  private let packing: Packing

  init(_ file: NetCDFFile) {
    store = file.store
    variable = file.variable
    packing = file.variable.packing
  }

  var shape: [Int] { variable.shape }
  var whiteLevel: Float? { nil }
  var file: String { store.file }

  func block(_ leading: [Int]) throws -> [Float] {
    var values = try store.floats(variable, leading: leading)
    if variable.isByte { for index in values.indices where values[index] < 0 { values[index] += 256 } }
    packing.unpack(&values)
    return values
  }
}

extension NetCDFFile {
  /// The field as an array with meaning.
  func array(_ options: DataOptions) throws -> LabeledArray {
    var options = options
    options.axes = axes
    options.interval = interval
    if times != nil { options.start = nil }
    var array = try LabeledArray(NetCDFBlocks(self), options: options, unit: unit)
    if let times, times.count == array.frames { array.times = times }
    array.grid = grid
    array.isUpsideDown = isUpsideDown
    return array
  }
}

/// NetCDF files with one moment each, as frames of a folder.
struct NetCDFReader: FrameFileReader {
  let options: DataOptions

  var fileExtensions: [String] { ["nc", "nc4", "cdf"] }

  func header(of file: URL) throws -> FrameFileHeader {
    let field = try NetCDFFile(file, options: options)
    let array = try field.array(options)
    guard array.frames == 1, array.samples == 1, let time = field.times?.first else {
      throw DataError(
        .wrongShape, file: file.path, expected: "one moment with its time in a file among others",
        received: "\(array.frames) frames" + (field.times == nil ? " without times" : ""),
        remedy: "Open files of many moments by themselves.")
    }
    return FrameFileHeader(
      shape: array.frameShape, time: time, interval: field.interval, unit: field.unit.frameUnit,
      grid: field.grid)
  }

  func frame(in file: URL) throws -> Frame {
    let field = try NetCDFFile(file, options: options)
    return try field.array(options).frame(sample: 0, time: 0, date: field.times?.first)
  }
}
