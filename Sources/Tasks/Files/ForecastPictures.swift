import Foundation
import Reports
import VideoFiles

/// A forecast of one member to look at: rain in classes, anything else from its lowest to its highest value.
struct ForecastPictures {
  let forecast: Forecast
  let scale: ColourScale

  init(_ forecast: Forecast) {
    self.forecast = forecast
    if forecast.unit == .millimetresPerHour {
      scale = .rainRate
    } else {
      let count = forecast.pixels
      let valid = forecast.values.indices.lazy.filter { forecast.isValid[$0 % count] }
        .map { Double(forecast.values[$0]) }
      let (low, high) = (valid.min() ?? 0, valid.max() ?? 1)
      scale = forecast.unit == .brightness ? .grey(0...1) : .sequential(low...max(high, low + 1e-6))
    }
  }

  private func indices(_ lead: Int) -> [UInt8] {
    zip(forecast.field(lead: lead), forecast.isValid).map { $1 ? scale.index(of: $0) : scale.missingIndex }
  }

  /// The picture of one lead as a PNG file, one pixel for each of the grid.
  func picture(_ lead: Int) throws -> Data {
    try PNGImage(
      width: forecast.width, height: forecast.height,
      pixels: .palette(indices: indices(lead), colours: scale.palette)
    ).encoded()
  }

  /// All leads as an MP4 file, three a second; small fields are enlarged by a whole number so that one sees something.
  func video() throws -> Data {
    let palette = scale.palette
    let factor = max(1, 320 / max(forecast.height, forecast.width))
    let (height, width) = (forecast.height * factor, forecast.width * factor)
    let frames = forecast.leads.indices.map { lead -> [UInt8] in
      let indices = indices(lead)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(height * width * 3)
      for row in 0..<height {
        for column in 0..<width {
          let colour = palette[Int(indices[row / factor * forecast.width + column / factor])]
          bytes += [colour.red, colour.green, colour.blue]
        }
      }
      return bytes
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "squall-\(UUID().uuidString).mp4")
    defer { try? FileManager.default.removeItem(at: file) }
    try VideoEncoder.write(frames, width: width, height: height, framesPerSecond: 3, to: file)
    return try Data(contentsOf: file)
  }

  /// All leads one after another, the last one longer.
  func animation() throws -> GIFAnimation {
    let count = forecast.leads.count
    return try GIFAnimation(
      width: forecast.width, height: forecast.height, colours: scale.palette,
      frames: (0..<count).map(indices), delays: (0..<count).map { $0 == count - 1 ? 150 : 40 })
  }
}
