import Foundation
import HDF5
import NumPyFiles
import Reports
import SafeTensors
import Support

/// Writes a forecast in the format that the file's ending names.
public struct ForecastFiles: Sendable {
  /// What can be written.
  public enum Format: String, CaseIterable, Sendable {
    /// An array of float32, `[lead, height, width]` and with several members `[member, lead, height, width]`; NaN where
    /// there is no forecast.
    case npy
    /// CF NetCDF-4.
    case nc
    /// One picture a lead; the minutes are added to the name.
    case png
    /// An animation.
    case gif
    /// A video.
    case mp4

    /// - Throws: `ForecastingError` that lists the endings.
    public init(of url: URL) throws {
      guard let format = Format(rawValue: url.pathExtension.lowercased()) else {
        throw ForecastingError(
          .invalidOption, in: url.lastPathComponent,
          expected: "a file ending in " + Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", "),
          received: url.pathExtension.isEmpty ? "none" : ".\(url.pathExtension)",
          remedy: "Name the file by its format.")
      }
      self = format
    }
  }

  /// What pictures and videos show of several members.
  public enum Pictured: Equatable, Sendable {
    case mean
    case member(Int)
  }

  public let forecast: Forecast
  /// Whether hourly sums are written too (NetCDF: a variable more; `.npy`: a file more).
  public let withHourlySums: Bool
  public let pictured: Pictured
  /// How good the model was, which NetCDF states, and which member that was of several.
  public let skill: ModelSkill?
  public let scoredMember: String?

  /// Arrays and NetCDF hold all members; NetCDF holds the forecast's quantiles and probabilities too.
  ///
  /// - Precondition: There is the member to be pictured.
  public init(
    _ forecast: Forecast, withHourlySums: Bool = false, pictured: Pictured = .mean, skill: ModelSkill? = nil,
    scoredMember: String? = nil
  ) {
    if case .member(let member) = pictured {
      precondition(
        (0..<forecast.members).contains(member), "member \(member) of \(forecast.members)")
    }
    self.forecast = forecast
    self.withHourlySums = withHourlySums
    self.pictured = pictured
    self.skill = skill
    self.scoredMember = scoredMember
  }

  private var pictures: ForecastPictures {
    switch pictured {
    case .mean: ForecastPictures(forecast.mean())
    case .member(let member): ForecastPictures(forecast.member(member))
    }
  }

  /// Writes one file, or several where the format holds one picture a file.
  ///
  /// - Returns: The files written.
  /// - Throws: `ForecastingError` if the ending is unknown or a file cannot be written.
  public func write(to url: URL) throws -> [URL] {
    switch try Format(of: url) {
    case .npy: return try writeArrays(url)
    case .nc:
      try save(
        ForecastNetCDF(
          forecast, withHourlySums: withHourlySums, skill: skill, member: scoredMember
        ).encoded(), to: url)
      return [url]
    case .png: return try writePictures(url)
    case .gif:
      try save(pictures.animation().encoded(), to: url)
      return [url]
    case .mp4:
      try save(pictures.video(), to: url)
      return [url]
    }
  }

  private func writeArrays(_ url: URL) throws -> [URL] {
    func array(_ forecast: Forecast) throws -> Data {
      var values = forecast.values
      let pixels = forecast.pixels
      if forecast.isValid.contains(false) {
        values.withUnsafeMutableBufferPointer { values in
          for field in stride(from: 0, to: values.count, by: pixels) {
            for pixel in 0..<pixels where !forecast.isValid[pixel] { values[field + pixel] = .nan }
          }
        }
      }
      let field = [forecast.leads.count, forecast.height, forecast.width]
      let shape = forecast.members > 1 ? [forecast.members] + field : field
      return try NumPyArray(shape: shape, floats: values).encoded()
    }
    try save(array(forecast), to: url)
    guard withHourlySums else { return [url] }
    let hourly = url.adding("_hourly")
    try save(array(forecast.hourlySums()), to: hourly)
    return [url, hourly]
  }

  private func writePictures(_ url: URL) throws -> [URL] {
    let pictures = pictures
    return try forecast.leads.indices.map { lead in
      let digits = String(Int(forecast.leads[lead].rounded()))
      let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let file = url.adding("_" + number)
      try save(pictures.picture(lead), to: file)
      return file
    }
  }
}

extension URL {
  /// `forecast.png` as `forecast_005.png`.
  func adding(_ suffix: String) -> URL {
    deletingLastPathComponent()
      .appending(path: deletingPathExtension().lastPathComponent + suffix)
      .appendingPathExtension(pathExtension)
  }
}

/// Writes a file so that its name never stands for half of it.
///
/// - Throws: `ForecastingError` of kind `unwritable`.
package func save(_ data: Data, to url: URL) throws {
  do {
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try AtomicFile.write(to: url) { try $0.append(data) }
  } catch {
    let reason = (error as? FileError)?.found ?? error.localizedDescription
    throw ForecastingError(
      .unwritable, in: url.path, expected: "to write \(data.count) bytes", received: reason,
      remedy: "Check that the folder is writable and has room.")
  }
}
