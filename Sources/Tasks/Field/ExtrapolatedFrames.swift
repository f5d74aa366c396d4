import Nowcasting
import Readers
import Sampling
import Synchronization
import TensorCore

/// Motion-extrapolated frames of a source, or those of another nowcast, for batches of tiles. Each window's fields are made once, over the whole
/// domain, and kept by its last observed frame.
package final class ExtrapolatedFrames: Sendable {
  private let source: any FrameSource
  private let extrapolation: MotionExtrapolation
  /// `[lead][pixel]` by the last observed frame.
  private let known = Mutex<[Int: [[Float]]]>([:])
  /// How many windows are kept, a gigabyte of them.
  private let capacity: Int

  /// - Parameters:
  ///   - source: The frames as models take them, averaged.
  ///   - leads: How many frames ahead.
  ///   - method: How they are made.
  package init(
    source: any FrameSource, leads: Int, method: any NowcastMethod = LagrangianPersistence()
  ) {
    self.source = source
    extrapolation = MotionExtrapolation(leads: leads, method: method)
    let bytes = max(1, source.shape.pixels * leads * 4)
    capacity = max(4, (1 << 30) / bytes)
  }

  /// `[batch, lead, height, width, 1]` in physical units, for the tiles of some samples.
  ///
  /// - Throws: What reading throws; `MotionError` for frames that motion cannot be found in.
  package func fields(for samples: [Sample]) throws -> Tensor {
    let tile = samples.first?.tile
    let (height, width) = (tile?.height ?? 0, tile?.width ?? 0)
    var values: [Float] = []
    values.reserveCapacity(samples.count * extrapolation.leads * height * width)
    for sample in samples {
      for field in try fields(of: sample.window) {
        for row in sample.tile.row..<sample.tile.row + sample.tile.height {
          let start = row * source.shape.width + sample.tile.column
          values += field[start..<start + sample.tile.width]
        }
      }
    }
    return Tensor(values, shape: [samples.count, extrapolation.leads, height, width, 1])
  }

  /// The frames ahead of a window, `[lead][pixel]` of the whole domain.
  ///
  /// - Throws: What reading throws; `MotionError` for frames that motion cannot be found in.
  package func fields(of window: Window) throws -> [[Float]] {
    if let found = known.withLock({ $0[window.lastInput] }) { return found }
    let observed = try window.input.suffix(extrapolation.frames).map { try source.frame(at: $0) }
    let made = try extrapolation.fields(after: observed)
    known.withLock { cache in
      if cache.count >= capacity { cache.removeAll() }
      cache[window.lastInput] = made
    }
    return made
  }
}
