import Foundation
import Readers

/// The observed frames that a forecast starts from, on the grid of the model, and what becomes of its values.
struct ForecastInput {
  let frames: InputFrames
  /// Minutes between frames, where known.
  private let step: Double?
  private let unit: PhysicalUnit
  private let grid: GridReference?
  /// How many rows and columns of the data make one of the model's.
  private let scale: (rows: Double, columns: Double)
  private let fineShape: FrameShape

  var shape: FrameShape { frames.frames[0].shape }

  /// - Parameters:
  ///   - source: The sequence as it was opened, not averaged.
  ///   - prepared: The same as models take it.
  ///   - notes: What is known of the models' data.
  ///   - scale: How many rows and columns of the data make one of the model's.
  /// - Throws: As `InputSelection`.
  init(
    _ source: any FrameSource, prepared: any FrameSource, notes: ForecastNotes,
    scale: (rows: Double, columns: Double), at reference: InputSelection.Reference, policy: LateFramePolicy
  ) throws {
    try self.init(
      source, prepared: prepared, inputFrames: notes.inputFrames, scale: scale,
      step: notes.stepMinutes, grid: notes.grid, at: reference, policy: policy)
  }

  init(
    _ source: any FrameSource, prepared: any FrameSource, inputFrames: Int,
    scale: (rows: Double, columns: Double), step: Double?, grid: GridMetadata?,
    at reference: InputSelection.Reference, policy: LateFramePolicy
  ) throws {
    let step = step ?? source.nominalStep
    frames = try InputSelection(count: inputFrames, step: step, policy: policy)
      .frames(of: prepared, at: reference)
    self.step = step
    unit = source.unit
    self.scale = scale
    fineShape = source.shape
    self.grid = (source.grid ?? grid).flatMap {
      GridReference($0, height: source.shape.height, width: source.shape.width)
    }?.coarsened(by: scale, height: prepared.shape.height, width: prepared.shape.width)
  }

  /// Values of one member, `[lead, row, column]` on the model's grid, as a forecast there or on the data's grid.
  func forecast(_ values: [Float], onModelGrid: Bool) throws -> Forecast {
    let leads = values.count / shape.pixels
    let coarse = try Forecast(
      values: values, isValid: Self.domain(of: frames.frames), height: shape.height, width: shape.width,
      leads: (0..<leads).map { Double($0 + 1) * (step ?? 1) }, hasTimes: step != nil,
      reference: frames.reference, unit: unit, grid: grid, replacements: frames.replacements)
    return onModelGrid || scale == (1, 1)
      ? coarse : try coarse.refined(by: scale, height: fineShape.height, width: fineShape.width)
  }

  private static func domain(of frames: [Frame]) -> [Bool] {
    let shape = frames[0].shape
    var counts = [Int](repeating: 0, count: shape.pixels)
    for frame in frames {
      for pixel in 0..<shape.pixels where frame.isValid[pixel * shape.channels] { counts[pixel] += 1 }
    }
    return counts.map { 2 * $0 >= frames.count }
  }
}
