import Contenders
import Foundation
import Layers
import Readers
import TensorCore

/// Runs a forecaster over fields of any size.
///
/// A model of convolutions alone runs the whole field at once, padded at the lower and right edge to the multiple
/// that its layers ask for. A model that is bound to its tiles runs overlapping ones, which ``TileBlend`` joins.
/// Motion-extrapolated frames, if the model reads them, are found once over the whole field.
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

  /// Whether the model reads motion-extrapolated frames.
  public var readsExtrapolation: Bool { ForecastSignature.readsAdvectedFrames(model) }

  /// The forecast in physical units, `[forecast frame, height, width]`, row by row.
  ///
  /// - Parameters:
  ///   - frames: The observed frames, oldest first, in physical units.
  ///   - extrapolated: Motion-extrapolated frames `[lead][pixel]` of the whole field in physical units, where they
  ///     have been made before; otherwise they are made here if the model reads them.
  /// - Throws: What the model throws; `MotionError`; `CancellationError`.
  public func forecast(_ frames: [Frame], extrapolated: [[Float]]? = nil) throws -> [Float] {
    let notes = forecaster.notes
    let channels = frames[0].shape.channels
    let guidance = try readsExtrapolation ? self.guidance(frames, extrapolated) : nil
    func inputs(_ tiles: [Tile]) -> [Tensor] {
      [input(frames, tiles, channels)] + (guidance.map { [guided($0, tiles)] } ?? [])
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
    let normalizer = notes.normalizer
    var result: [Float] = []
    result.reserveCapacity(notes.forecastFrames * height * width)
    for frame in 0..<notes.forecastFrames {
      for row in 0..<height {
        let start = (frame * padded.height + row) * padded.width
        for value in values[start..<start + width] { result.append(normalizer.denormalize(value)) }
      }
    }
    return result
  }

  /// Normalised tiles `[tile, time, height, width, channels]`; beyond the field and where nothing was measured
  /// stands the fill value. With a mask channel the last one is 1 where every channel of the field is valid.
  private func input(_ frames: [Frame], _ tiles: [Tile], _ channels: Int) -> Tensor {
    let normalizers = forecaster.normalizers(channels: channels)
    let fills = normalizers.map(\.fillValue)
    let (tall, wide) = (tiles[0].height, tiles[0].width)
    let masked = forecaster.notes.masksInput
    let own = channels - forecaster.notes.extras.reduce(0) { $0 + $1.channels }
    return Tensor(shape: [tiles.count, frames.count, tall, wide, channels + (masked ? 1 : 0)]) { buffer in
      var position = 0
      for tile in tiles {
        for frame in frames {
          for row in tile.row..<tile.row + tall {
            for column in tile.column..<tile.column + wide {
              let start = (row * width + column) * channels
              let isInside = row < height && column < width
              for channel in 0..<channels {
                let value =
                  isInside && frame.isValid[start + channel]
                  ? normalizers[channel].normalize(frame.values[start + channel]) : fills[channel]
                buffer.initializeElement(at: position, to: value)
                position += 1
              }
              guard masked else { continue }
              let isValid = isInside && frame.isValid[start..<start + own].allSatisfy { $0 }
              buffer.initializeElement(at: position, to: isValid ? 1 : 0)
              position += 1
            }
          }
        }
      }
    }
  }

  /// Motion-extrapolated frames of the whole field, normalised, `[lead][pixel]`.
  private func guidance(_ frames: [Frame], _ extrapolated: [[Float]]?) throws -> [[Float]] {
    let leads = forecaster.notes.forecastFrames
    let fields = try extrapolated ?? MotionExtrapolation(leads: leads).fields(after: frames)
    guard fields.count == leads, fields.allSatisfy({ $0.count == height * width }) else {
      throw ForecastingError(
        .otherData, in: "motion-extrapolated frames",
        expected: "\(leads) fields of \(height) × \(width) = \(height * width) pixels",
        received: "\(fields.count) of \(fields.first?.count ?? 0)",
        remedy: "Make them from the frames that the model reads.")
    }
    let normalizer = forecaster.notes.normalizer
    return fields.map { $0.map { normalizer.normalize($0) } }
  }

  /// The tiles of normalised fields, `[tile, lead, height, width, 1]`; beyond the field stands the fill value.
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
