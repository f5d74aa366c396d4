import CKernels
import Synchronization

/// Kernels in the Winograd domain that are wanted again and again: a stream comes frame by frame, and to transform
/// the kernels for each frame would take about as long as the frame.
///
/// An entry keeps the kernels' own storage alive. Storage that someone else holds is never written to, so what was
/// transformed stays true; training copies its parameters once and goes on with the copy.
enum PackedKernels {
  private struct Entry: Sendable {
    let owners: [Storage]
    let shape: [Int64]
    let packed: Storage
  }

  /// As many as the recurrent layers of a model that is streamed; the one not used for longest goes first.
  private static let limit = 16
  private static let entries = Mutex<[Entry]>([])

  /// What was made before for these kernels and shape, or what `make` makes of them.
  static func packed(of owners: [Storage], _ shape: [Int64], _ make: () -> Storage) -> Storage {
    let known = entries.withLock { entries -> Storage? in
      let index = entries.firstIndex { entry in
        entry.shape == shape && entry.owners.elementsEqual(owners, by: ===)
      }
      guard let index else { return nil }
      let entry = entries.remove(at: index)
      entries.append(entry)
      return entry.packed
    }
    if let known { return known }
    let made = Entry(owners: owners, shape: shape, packed: make())
    entries.withLock { entries in
      if entries.count >= limit { entries.removeFirst() }
      entries.append(made)
    }
    return made.packed
  }
}
