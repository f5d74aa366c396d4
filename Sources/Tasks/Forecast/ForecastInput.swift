import Foundation
import Readers

/// The observed frames that a forecast starts from, on the grid of the model, and what becomes of its values.
struct ForecastInput {
  let frames: InputFrames
  /// The same frames as they were opened, where the model's grid is another one.
  let fine: InputFrames?
  /// Minutes between frames, where known.
  private let step: Double?
  private let unit: PhysicalUnit
  private let grid: GridReference?
  /// How many rows and columns of the data make one of the model's.
  let scale: (rows: Double, columns: Double)
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
    let selection = InputSelection(count: inputFrames, step: step, policy: policy)
    frames = try selection.frames(of: prepared, at: reference)
    fine = scale == (1, 1) ? nil : try selection.frames(of: source, at: reference)
    self.step = step
    unit = source.unit
    self.scale = scale
    fineShape = source.shape
    self.grid = (source.grid ?? grid).flatMap {
      GridReference($0, height: source.shape.height, width: source.shape.width)
    }?.coarsened(by: scale, height: prepared.shape.height, width: prepared.shape.width)
  }

  /// Values of one member, `[lead, row, column]`, as a forecast on the model's grid or on the data's.
  ///
  /// - Parameters:
  ///   - values: On the model's grid, or on that of the data where they are `fine`.
  ///   - onModelGrid: Whether the forecast stays there; otherwise it is refined bilinearly unless the values are fine.
  func forecast(_ values: [Float], onModelGrid: Bool, areFine: Bool = false) throws -> Forecast {
    let pixels = shape.height * shape.width
    let leads = values.count / (areFine ? fineShape.height * fineShape.width : pixels)
    let coarse = try Forecast(
      values: areFine ? [Float](repeating: 0, count: leads * pixels) : values,
      isValid: Self.domain(of: frames.frames), height: shape.height, width: shape.width,
      leads: (0..<leads).map { Double($0 + 1) * (step ?? 1) }, hasTimes: step != nil,
      reference: frames.reference, unit: unit, grid: grid, replacements: frames.replacements)
    guard fine != nil, !onModelGrid else { return coarse }
    let refined = try coarse.refined(by: scale, height: fineShape.height, width: fineShape.width)
    return areFine ? refined.with(values: values, members: 1) : refined
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
