import Contenders
import Readers

/// The grid of the data under a model that averages their pixels, and the model's background there.
///
/// A residual model's forecast on the fine grid is the background that is made of the fine frames plus the model's change,
/// refined. So what the background knows of the fine pixels is kept, which a refined forecast would have lost.
struct FineGrid {
  let shape: FrameShape
  /// How many rows and columns of the data make one of the model's.
  let scale: (rows: Double, columns: Double)
  /// Which pixels were measured last.
  let isValid: [Bool]
  /// `[lead][pixel]` in physical units; `nil` where the model has no nowcast for a background.
  let background: [[Float]]?

  /// - Parameters:
  ///   - observed: The observed frames as they were opened, oldest first.
  ///   - scale: How many rows and columns of them make one of the model's.
  ///   - guidance: What the model reads.
  /// - Throws: `MotionError` for frames that motion cannot be found in.
  init(_ observed: [Frame], scale: (rows: Double, columns: Double), for guidance: ForecastGuidance) throws {
    shape = FrameShape(height: observed[0].shape.height, width: observed[0].shape.width)
    self.scale = scale
    isValid = observed[observed.count - 1].firstChannel.isValid
    var own = guidance
    own.coordinates = .eulerian
    background = try own.fields(after: observed).background
  }
}

extension FieldForecaster {
  /// The forecast in physical units on the grid of the data, `[forecast frame, row, column]`.
  ///
  /// - Parameters:
  ///   - frames: The observed frames on the model's grid, oldest first, in physical units.
  ///   - known: What ``guidance`` makes of them, where it has been made before.
  ///   - fine: The grid of the data.
  /// - Throws: What the model throws; `MotionError`; `CancellationError`.
  func forecast(_ frames: [Frame], guidance known: GuidanceFields? = nil, on fine: FineGrid) throws -> [Float]
  {
    let fields = try known ?? guidance.fields(after: frames)
    let refine = FieldRefinement(
      coarse: FrameShape(height: frames[0].shape.height, width: frames[0].shape.width), fine: fine.shape,
      factors: fine.scale)
    guard let coarse = fields.background, let background = fine.background,
      forecaster.notes.settings?.isResidual == true
    else { return try refine(forecast(frames, guidance: fields)) }
    let normalizer = forecaster.notes.normalizer
    var change = try output(frames, fields)
    for (place, value) in coarse.joined().enumerated() { change[place] -= normalizer.normalize(value) }
    var values = try refine(change)
    for (place, value) in background.joined().enumerated() {
      // No change leaves the background to the bit.
      values[place] =
        values[place] == 0 ? value : normalizer.denormalize(values[place] + normalizer.normalize(value))
    }
    return calibrated(values, background, where: fine.isValid)
  }
}
