import Motion
import Readers
import Sampling
import Synchronization
import TensorCore

/// Forecasts by Lagrangian persistence over the whole domain: the last frame moves on along the motion of the frames
/// before it (optical flow, semi-Lagrangian extrapolation). A baseline, and what both families may read.
///
/// Motion is found in the observed frames of a window alone. Whatever comes from outside the domain counts as dry.
package final class AdvectedFrames: Sendable {
  private let source: any FrameSource
  private let steps: Int
  /// Forecasts by the last observed frame.
  private let known = Mutex<[Int: [[Float]]]>([:])
  /// How many forecasts are kept.
  private let capacity: Int

  package init(source: any FrameSource, steps: Int) {
    self.source = source
    self.steps = steps
    let bytes = max(1, source.shape.pixels * steps * 4)
    capacity = max(4, (1 << 30) / bytes)
  }

  /// `[batch, time, height, width, 1]` in physical units, for the tiles of some samples.
  ///
  /// - Throws: What reading throws; `MotionError` for fields that motion cannot be found in.
  package func fields(for samples: [Sample]) throws -> Tensor {
    var values: [Float] = []
    for sample in samples {
      let width = source.shape.width
      for field in try forecast(sample.window) {
        for row in sample.tile.row..<sample.tile.row + sample.tile.height {
          let start = row * width + sample.tile.column
          values += field[start..<start + sample.tile.width]
        }
      }
    }
    let tile = samples.first?.tile
    return Tensor(values, shape: [samples.count, steps, tile?.height ?? 0, tile?.width ?? 0, 1])
  }

  private func forecast(_ window: Window) throws -> [[Float]] {
    if let found = known.withLock({ $0[window.lastInput] }) { return found }
    let observed = try window.input.suffix(LagrangianPersistence().frames).map { index in
      let frame = try source.frame(at: index)
      return try ImageField(
        height: frame.shape.height, width: frame.shape.width, values: frame.values, isValid: frame.isValid)
    }
    let made = try LagrangianPersistence().forecast(observed, steps: steps).map(\.values)
    known.withLock { cache in
      if cache.count >= capacity { cache.removeAll() }
      cache[window.lastInput] = made
    }
    return made
  }
}
