import Foundation
import Readers

/// A forecast of whole fields in physical units.
public struct FieldForecast: Equatable, Sendable {
  /// `[lead, height, width]`, row by row from the north.
  public let values: [Float]
  /// For each pixel `[height, width]` whether there is a forecast: whether it was measured in at least half of the
  /// observed frames.
  public let isValid: [Bool]
  public let height: Int
  public let width: Int
  /// Minutes from the last observed frame; frames where time is unknown.
  public let leads: [Double]
  public let hasTimes: Bool
  /// The time of the last observed frame.
  public let reference: Date?
  public let unit: PhysicalUnit
  public let grid: GridReference?
  /// Observed frames that had to be replaced.
  public let replacements: [String]

  public init(
    values: [Float], isValid: [Bool], height: Int, width: Int, leads: [Double], hasTimes: Bool,
    reference: Date?, unit: PhysicalUnit, grid: GridReference? = nil, replacements: [String] = []
  ) {
    precondition(
      isValid.count == height * width && values.count == leads.count * isValid.count, "Sizes must agree.")
    self.values = values
    self.isValid = isValid
    self.height = height
    self.width = width
    self.leads = leads
    self.hasTimes = hasTimes
    self.reference = reference
    self.unit = unit
    self.grid = grid
    self.replacements = replacements
  }

  /// The field of one lead, `[height, width]`.
  public func field(_ lead: Int) -> ArraySlice<Float> {
    values[lead * isValid.count..<(lead + 1) * isValid.count]
  }

  /// Forecasts from a sequence.
  ///
  /// - Parameters:
  ///   - forecaster: The model.
  ///   - source: The sequence as it was opened, not averaged.
  ///   - riding: Names and frames of the extra channels that the model takes, if it does.
  ///   - reference: The last frame to use.
  ///   - policy: What to do about late frames.
  ///   - coverage: Whole fields or tiles.
  ///   - onModelGrid: Whether the forecast stays on the model's grid, which is coarser than the data's where the model
  ///     averages pixels; otherwise it is brought back to the grid of the data, bilinearly.
  /// - Throws: `ForecastingError` for data that do not fit or frames that are missing; what reading and the model
  ///   throw.
  public init(
    by forecaster: TrainedForecaster, from source: any FrameSource,
    riding: [(name: String, source: any FrameSource)] = [],
    at reference: InputSelection.Reference = .latest, policy: LateFramePolicy = .refuse,
    coverage: FieldForecaster.Coverage = .automatic, onModelGrid: Bool = false
  ) throws {
    let notes = forecaster.notes
    let prepared = try forecaster.prepared(source, riding: riding)
    let step = notes.stepMinutes ?? source.nominalStep
    let input = try InputSelection(count: notes.inputFrames, step: step, policy: policy)
      .frames(of: prepared, at: reference)
    let fields = try FieldForecaster(forecaster, shape: prepared.shape, coverage: coverage)
    let coarse = FieldForecast(
      values: try fields.forecast(input.frames), isValid: Self.domain(of: input.frames),
      height: prepared.shape.height, width: prepared.shape.width,
      leads: (1...notes.forecastFrames).map { Double($0) * (step ?? 1) }, hasTimes: step != nil,
      reference: input.reference, unit: notes.unit,
      grid: (source.grid ?? notes.grid).flatMap {
        GridReference($0, height: source.shape.height, width: source.shape.width)
      }?.coarsened(
        by: notes.downsampling, height: prepared.shape.height, width: prepared.shape.width),
      replacements: input.replacements)
    self =
      onModelGrid || notes.downsampling == 1
      ? coarse
      : coarse.refined(by: notes.downsampling, height: source.shape.height, width: source.shape.width)
  }

  private static func domain(of frames: [Frame]) -> [Bool] {
    let shape = frames[0].shape
    var counts = [Int](repeating: 0, count: shape.pixels)
    for frame in frames {
      for pixel in 0..<shape.pixels where frame.isValid[pixel * shape.channels] { counts[pixel] += 1 }
    }
    return counts.map { 2 * $0 >= frames.count }
  }

  /// The same forecast on a grid with `factor` times as many pixels along each axis, bilinear between the centres
  /// of the coarse pixels and constant beyond the outermost.
  func refined(by factor: Int, height fineHeight: Int, width fineWidth: Int) -> FieldForecast {
    func places(_ fine: Int, _ coarse: Int) -> [(low: Int, high: Int, share: Float)] {
      (0..<fine).map { index in
        let position = (Double(index) + 0.5) / Double(factor) - 0.5
        let clamped = min(max(position, 0), Double(coarse - 1))
        let low = min(Int(clamped), max(0, coarse - 2))
        return (low, min(low + 1, coarse - 1), Float(clamped - Double(low)))
      }
    }
    let rows = places(fineHeight, height)
    let columns = places(fineWidth, width)
    let count = isValid.count
    var fine: [Float] = []
    fine.reserveCapacity(leads.count * fineHeight * fineWidth)
    values.withUnsafeBufferPointer { values in
      for lead in leads.indices {
        for (top, bottom, down) in rows {
          let (a, b) = (lead * count + top * width, lead * count + bottom * width)
          for (left, right, across) in columns {
            let upper = values[a + left] + across * (values[a + right] - values[a + left])
            let lower = values[b + left] + across * (values[b + right] - values[b + left])
            fine.append(upper + down * (lower - upper))
          }
        }
      }
    }
    let mask = (0..<fineHeight * fineWidth).map { pixel in
      isValid[
        min(pixel / fineWidth / factor, height - 1) * width + min(pixel % fineWidth / factor, width - 1)]
    }
    return FieldForecast(
      values: fine, isValid: mask, height: fineHeight, width: fineWidth, leads: leads, hasTimes: hasTimes,
      reference: reference, unit: unit,
      grid: grid?.refined(by: factor, height: fineHeight, width: fineWidth), replacements: replacements)
  }

  /// Sums over whole hours of the forecast: what falls from lead 0 to 60 minutes, from 60 to 120, …, in millimetres.
  /// A frame stands for the interval that ends with it.
  ///
  /// - Throws: `ForecastingError` if the values are no rates, or the leads do not divide the hour.
  public func hourlySums() throws -> [(endMinutes: Double, values: [Float])] {
    func refuse(_ expected: String, _ received: String) -> ForecastingError {
      ForecastingError(
        .invalidOption, in: "hourly sums", expected: expected, received: received,
        remedy: "Leave hourly sums out for this model.")
    }
    guard unit == .millimetresPerHour, hasTimes, let step = leads.first else {
      throw refuse("rain rates at known times", "values in \(unit.rawValue)")
    }
    let perHour = Int((60 / step).rounded())
    guard perHour >= 1, abs(Double(perHour) * step - 60) < 1e-6, leads.count >= perHour else {
      throw refuse(
        "frames that divide the hour, for an hour or more",
        "\(leads.count) frames, one every \(short(step)) minutes")
    }
    return (0..<leads.count / perHour).map { hour in
      var sum = [Float](repeating: 0, count: isValid.count)
      for lead in hour * perHour..<(hour + 1) * perHour {
        for (pixel, value) in field(lead).enumerated() { sum[pixel] += value }
      }
      return (Double(hour + 1) * 60, sum.map { $0 * Float(step / 60) })
    }
  }
}
