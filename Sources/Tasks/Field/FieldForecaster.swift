import Contenders
import Foundation
import Layers
import Readers
import TensorCore

/// Runs a forecaster over fields of any size.
///
/// A model of convolutions alone runs the whole field at once, padded at the lower and right edge to the multiple
/// that its layers ask for. A model that is bound to its tiles runs overlapping ones, which ``TileBlend`` joins.
/// What it reads of the motion is found once over the whole field; see ``ForecastGuidance``.
public struct FieldForecaster: Sendable {
  /// How a field is covered.
  public enum Coverage: String, CaseIterable, Codable, Sendable {
    /// At once where the model can, in tiles elsewhere.
    case automatic
    case wholeField = "whole-field"
    case tiles
  }

  public let forecaster: TrainedForecaster
  /// Whether fields are cut into tiles.
  public let usesTiles: Bool
  private let height: Int
  private let width: Int
  private let padded: (height: Int, width: Int)
  private let model: ModelGraph

  /// Plans for fields of one size.
  ///
  /// - Throws: `ForecastingError` if the whole field is asked for and the model cannot take it.
  public init(_ forecaster: TrainedForecaster, shape: FrameShape, coverage: Coverage = .automatic) throws {
    self.forecaster = forecaster
    (height, width) = (shape.height, shape.width)
    if coverage != .tiles,
      let whole = Self.wholeField(forecaster.model, shape, forecaster.notes)
    {
      (model, padded) = whole
      usesTiles = false
      return
    }
    guard coverage != .wholeField, let tile = forecaster.tileSize else {
      throw ForecastingError(
        .unusableModel, in: "model",
        expected: "a model that takes fields of \(shape.height) × \(shape.width)",
        received: "one that is bound to its tiles",
        remedy: "Use --coverage tiles, or a contender whose states stay maps, such as convlstm2d.")
    }
    model = forecaster.model
    padded = (max(tile.height, shape.height), max(tile.width, shape.width))
    usesTiles = true
  }

  private static func wholeField(
    _ model: ModelGraph, _ shape: FrameShape, _ notes: ForecastNotes
  ) -> (ModelGraph, (height: Int, width: Int))? {
    for multiple in [1, 2, 4, 8, 16, 32, 64] {
      let height = (shape.height + multiple - 1) / multiple * multiple
      let width = (shape.width + multiple - 1) / multiple * multiple
      let inputs = model.inputs.map { input -> SymbolicShape in
        [nil, input.shape[1], height, width, input.shape[-1]]
      }
      guard let resized = try? model.resized(inputs: inputs), let output = resized.outputShapes.first,
        output.rank == 5, output[1] == notes.forecastFrames, output[2] == height, output[3] == width,
        output[4] == 1
      else { continue }
      return (resized, (height, width))
    }
    return nil
  }

  /// What the model reads of the motion over the whole field.
  public var guidance: ForecastGuidance { ForecastGuidance(of: forecaster) }

  /// The forecast in physical units, `[forecast frame, height, width]`, row by row.
  ///
  /// - Parameters:
  ///   - frames: The observed frames, oldest first, in physical units.
  ///   - known: What ``guidance`` makes of the frames, where it has been made before.
  /// - Throws: What the model throws; `MotionError`; `CancellationError`.
  public func forecast(_ frames: [Frame], guidance known: GuidanceFields? = nil) throws -> [Float] {
    let fields = try known ?? guidance.fields(after: frames)
    let normalizer = forecaster.notes.normalizer
    return calibrated(
      try output(frames, fields).map { normalizer.denormalize($0) }, fields.background,
      where: frames[frames.count - 1].firstChannel.isValid)
  }

  /// The model's output in normalised units, `[forecast frame, height, width]`.
  func output(_ frames: [Frame], _ fields: GuidanceFields) throws -> [Float] {
    try check(fields, frames: frames.count)
    let notes = forecaster.notes
    let channels = frames[0].shape.channels
    let background = fields.background?.map { $0.map { notes.normalizer.normalize($0) } }
    func inputs(_ tiles: [Tile]) -> [Tensor] {
      [input(frames, fields.aligned, tiles, channels)] + (background.map { [guided($0, tiles)] } ?? [])
    }
    let values: [Float]
    if usesTiles, let tile = forecaster.tileSize {
      let blend = TileBlend(
        height: padded.height, width: padded.width, tileHeight: tile.height, tileWidth: tile.width)
      values = try blend.blended(frames: notes.forecastFrames) { tiles in
        try AutoregressiveDecoding.forecast(model, inputs(tiles))
      }
    } else {
      let whole = Tile(row: 0, column: 0, height: padded.height, width: padded.width)
      values = try AutoregressiveDecoding.forecast(model, inputs([whole])).values
    }
    var result: [Float] = []
    result.reserveCapacity(notes.forecastFrames * height * width)
    for frame in 0..<notes.forecastFrames {
      for row in 0..<height {
        let start = (frame * padded.height + row) * padded.width
        result += values[start..<start + width]
      }
    }
    return result
  }

  /// Physical values with the amounts that the model's calibration gives them, by the pixels that were measured last.
  func calibrated(_ values: [Float], _ background: [[Float]]?, where isValid: [Bool]) -> [Float] {
    guard let background, forecaster.notes.settings?.calibration == .matching else { return values }
    var values = values
    var start = 0
    for field in background {
      AmountMatching.match(&values, start..<start + field.count, to: field, where: isValid)
      start += field.count
    }
    return values
  }

  /// Normalised tiles `[tile, time, height, width, channels]`; beyond the field and where nothing was measured
  /// stands the fill value. With a mask channel the last one is 1 where every channel of the field is valid. In Lagrangian
  /// coordinates the first channel is that of the aligned frames, and the last one is 0 where that is missing too; the
  /// others stay where they were measured.
  private func input(
    _ frames: [Frame], _ aligned: [[Float]]?, _ tiles: [Tile], _ channels: Int
  ) -> Tensor {
    let normalizers = forecaster.normalizers(channels: channels)
    let fills = normalizers.map(\.fillValue)
    let (tall, wide) = (tiles[0].height, tiles[0].width)
    let masked = forecaster.notes.masksInput
    let own = channels - forecaster.notes.extras.reduce(0) { $0 + $1.channels }
    return Tensor(shape: [tiles.count, frames.count, tall, wide, channels + (masked ? 1 : 0)]) { buffer in
      var position = 0
      for tile in tiles {
        for (time, frame) in frames.enumerated() {
          let moved = aligned?[time]
          for row in tile.row..<tile.row + tall {
            for column in tile.column..<tile.column + wide {
              let start = (row * width + column) * channels
              let isInside = row < height && column < width
              let first = moved.flatMap { isInside ? $0[row * width + column] : nil }
              for channel in 0..<channels {
                let value: Float
                if channel == 0, moved != nil {
                  value = first.map { $0.isNaN ? fills[0] : normalizers[0].normalize($0) } ?? fills[0]
                } else {
                  value =
                    isInside && frame.isValid[start + channel]
                    ? normalizers[channel].normalize(frame.values[start + channel]) : fills[channel]
                }
                buffer.initializeElement(at: position, to: value)
                position += 1
              }
              guard masked else { continue }
              let isValid =
                isInside && frame.isValid[start..<start + own].allSatisfy { $0 }
                && (moved == nil || !(first ?? .nan).isNaN)
              buffer.initializeElement(at: position, to: isValid ? 1 : 0)
              position += 1
            }
          }
        }
      }
    }
  }

  /// Refuses guidance that was made of other frames.
  private func check(_ fields: GuidanceFields, frames: Int) throws {
    func check(_ fields: [[Float]]?, _ count: Int?) throws {
      guard fields?.count != count || fields?.allSatisfy({ $0.count == height * width }) == false else {
        return
      }
      throw ForecastingError(
        .otherData, in: "guidance",
        expected: count.map { "\($0) fields of \(height) × \(width) = \(height * width) pixels" } ?? "none",
        received: "\(fields?.count ?? 0) of \(fields?.first?.count ?? 0)",
        remedy: "Make it from the frames that the model reads.")
    }
    try check(fields.background, guidance.background == nil ? nil : forecaster.notes.forecastFrames)
    try check(fields.aligned, guidance.coordinates == .eulerian ? nil : frames)
  }

  /// The background on some tiles, normalised, `[tile, lead, height, width, 1]`; beyond the field stands the fill value.
  private func guided(_ fields: [[Float]], _ tiles: [Tile]) -> Tensor {
    let fill = forecaster.notes.normalizer.fillValue
    let (tall, wide) = (tiles[0].height, tiles[0].width)
    return Tensor(shape: [tiles.count, fields.count, tall, wide, 1]) { buffer in
      var position = 0
      for tile in tiles {
        for field in fields {
          for row in tile.row..<tile.row + tall {
            for column in tile.column..<tile.column + wide {
              let isInside = row < height && column < width
              buffer.initializeElement(at: position, to: isInside ? field[row * width + column] : fill)
              position += 1
            }
          }
        }
      }
    }
  }
}
