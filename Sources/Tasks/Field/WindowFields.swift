import Foundation
import Readers
import Sampling
import Synchronization
import TensorCore
import Training

/// What is made over the whole domain for each window of a source, for batches of tiles: nowcasts, and observed frames in
/// Lagrangian coordinates. Each is made once and kept, by the window's last observed frame.
package final class WindowFields: Sendable {
  private enum Kind: Hashable {
    case nowcast(BaselineForecast)
    case aligned
  }

  private struct Key: Hashable {
    let kind: Kind
    let lastInput: Int
  }

  private struct Store {
    var fields: [Key: [[Float]]] = [:]
    /// The keys of ``fields`` from the oldest.
    var order: [Key] = []
    var bytes = 0
  }

  private let source: any FrameSource
  private let leads: Int
  private let store = Mutex(Store())
  /// How many bytes are kept: a third of what this process may still take, and at least those of a few windows.
  package let capacity: Int

  /// - Parameters:
  ///   - source: The frames as models take them, averaged.
  ///   - leads: How many frames ahead.
  package init(source: any FrameSource, leads: Int) {
    self.source = source
    self.leads = leads
    let window = max(1, source.shape.pixels * leads * 4)
    capacity = max(8 * window, (AvailableMemory.bytes ?? 3 << 30) / 3)
  }

  /// A nowcast after a window's observed frames, `[lead][pixel]` of the whole domain in physical units.
  ///
  /// - Throws: What reading throws; `MotionError` for frames that motion cannot be found in.
  package func nowcast(_ method: BaselineForecast, of window: Window) throws -> [[Float]] {
    try fields(.nowcast(method), of: window) { observed in
      let values = try method.values(after: observed, leads: leads)
      let pixels = source.shape.pixels
      return (0..<leads).map { Array(values[$0 * pixels..<($0 + 1) * pixels]) }
    }
  }

  /// A window's observed frames carried to the time of the last one, `[frame][pixel]`; see ``AlignedFrames``.
  ///
  /// - Throws: What reading throws; `MotionError` for frames that motion cannot be found in.
  package func aligned(of window: Window) throws -> [[Float]] {
    try fields(.aligned, of: window, AlignedFrames.fields)
  }

  /// A nowcast on the tiles of some samples, `[batch, lead, height, width, 1]` in physical units.
  ///
  /// - Throws: As ``nowcast(_:of:)``.
  package func nowcast(_ method: BaselineForecast, for samples: [Sample]) throws -> Tensor {
    try tiles(samples) { try nowcast(method, of: $0) }
  }

  /// Observed frames in Lagrangian coordinates on the tiles of some samples, `[batch, frame, height, width, 1]` in
  /// physical units, not a number where missing.
  ///
  /// - Throws: As ``aligned(of:)``.
  package func aligned(for samples: [Sample]) throws -> Tensor {
    try tiles(samples) { try aligned(of: $0) }
  }

  private func fields(
    _ kind: Kind, of window: Window, _ make: ([Frame]) throws -> [[Float]]
  ) throws -> [[Float]] {
    let key = Key(kind: kind, lastInput: window.lastInput)
    if let found = store.withLock({ $0.fields[key] }) { return found }
    let made = try make(window.input.map { try source.frame(at: $0) })
    store.withLock { store in
      guard store.fields.updateValue(made, forKey: key) == nil else { return }
      store.order.append(key)
      store.bytes += Self.bytes(made)
      while store.bytes > capacity, store.order.count > 1 {
        if let oldest = store.fields.removeValue(forKey: store.order.removeFirst()) {
          store.bytes -= Self.bytes(oldest)
        }
      }
    }
    return made
  }

  private static func bytes(_ fields: [[Float]]) -> Int { fields.reduce(0) { $0 + $1.count * 4 } }

  private func tiles(_ samples: [Sample], _ fields: (Window) throws -> [[Float]]) throws -> Tensor {
    let tile = samples.first?.tile
    let (height, width) = (tile?.height ?? 0, tile?.width ?? 0)
    var values: [Float] = []
    var count = 0
    for sample in samples {
      let whole = try fields(sample.window)
      count = whole.count
      values.reserveCapacity(samples.count * count * height * width)
      for field in whole {
        for row in sample.tile.row..<sample.tile.row + sample.tile.height {
          let start = row * source.shape.width + sample.tile.column
          values += field[start..<start + sample.tile.width]
        }
      }
    }
    return Tensor(values, shape: [samples.count, count, height, width, 1])
  }
}
