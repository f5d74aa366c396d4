import Foundation
import Synchronization

/// Another source whose frames are kept in a memory-mapped file: what an epoch has read once, the next ones find
/// there, and so does every later run with the same ``CacheKey``. It may be larger than memory.
///
/// Frames are written when they are first read. The file gets its name only when every frame is in it (or after
/// ``fill()``); until then it has a name of its own that no other run takes, and it is deleted when this object goes.
/// A frame that cannot be read is an error like any other and leaves no trace.
public final class MappedCache: FrameSource {
  private let base: any FrameSource
  private let layout: Layout
  private let state: Mutex<State>
  /// Where the finished cache lies.
  public let file: URL

  private struct State {
    var mapped: MappedFile
    var isWritten: [Bool]
    var missing: Int
    /// The unfinished file, as long as it is one.
    var partial: URL?
    var reads = 0
  }

  /// Opens the cache of a source in a folder, or begins one.
  ///
  /// A finished file that does not fit the key and the source is made anew.
  ///
  /// - Throws: ``DataError`` if the folder cannot be written or has no room.
  public init(_ base: any FrameSource, key: CacheKey, in folder: URL) throws {
    self.base = base
    file = folder.appendingPathComponent(key.fileName)
    let layout = try Layout(base, key: key)
    self.layout = layout
    if let mapped = try? MappedFile.opening(file), layout.matches(mapped) {
      state = Mutex(State(mapped: mapped, isWritten: [], missing: 0, partial: nil))
      return
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw DataError(
        .notFound, file: folder.path, expected: "a folder for the cache",
        received: error.localizedDescription, remedy: "Choose a folder that can be written.")
    }
    Self.removeLeftovers(in: folder)
    let partial = folder.appendingPathComponent("\(UUID().uuidString).partial")
    let mapped = try MappedFile.creating(partial, byteCount: layout.byteCount)
    do { try layout.header.withUnsafeBytes { try mapped.write($0, at: 0) } } catch {
      try? FileManager.default.removeItem(at: partial)
      throw error
    }
    state = Mutex(
      State(
        mapped: mapped, isWritten: [Bool](repeating: false, count: base.count), missing: base.count,
        partial: partial))
  }

  deinit {
    state.withLock { state in
      if let partial = state.partial { try? FileManager.default.removeItem(at: partial) }
    }
  }

  public var count: Int { base.count }
  public var shape: FrameShape { base.shape }
  public var timestamps: [Date]? { base.timestamps }
  public var nominalStep: Double? { base.nominalStep }
  public var unit: PhysicalUnit { base.unit }
  public var grid: GridMetadata? { base.grid }
  public var events: [Range<Int>] { base.events }

  /// Whether all frames are in the file and it has its name.
  public var isComplete: Bool { state.withLock { $0.partial == nil } }
  /// How many frames were read from the source behind.
  public var reads: Int { state.withLock { $0.reads } }

  /// Reads what is not in the file yet and finishes it.
  ///
  /// - Throws: What reading throws; ``DataError`` if the disk is full.
  public func fill() throws {
    for index in 0..<count where state.withLock({ !$0.isWritten.isEmpty && !$0.isWritten[index] }) {
      _ = try frame(at: index)
    }
  }

  /// Once every frame is in the file.
  public var readsParts: Bool { isComplete }

  public func frame(at index: Int) throws -> Frame {
    try check(index: index)
    if let mapped = holding(index) { return try layout.frame(index, in: mapped, time: timestamps?[index]) }
    // Not under the lock: two threads may read the same frame twice, but nobody waits for a file.
    let frame = try base.frame(at: index)
    try store(frame, index)
    return frame
  }

  public func append(
    _ tile: Tile, ofFrame index: Int, to values: inout [Float], _ isValid: inout [Bool]
  ) throws {
    try check(index: index)
    guard let mapped = holding(index) else {
      try frame(at: index).append(tile, to: &values, &isValid)
      return
    }
    try tile.check(fits: shape)
    layout.append(tile, ofFrame: index, in: mapped, to: &values, &isValid)
  }

  private func holding(_ index: Int) -> MappedFile? {
    state.withLock { $0.isWritten.isEmpty || $0.isWritten[index] ? $0.mapped : nil }
  }

  private func store(_ frame: Frame, _ index: Int) throws {
    let mapped = state.withLock { state in
      state.reads += 1
      return state.mapped
    }
    // The same bytes whoever writes them, so two writers do no harm.
    try layout.write(frame, index, to: mapped)
    let finished = state.withLock { state -> URL? in
      guard !state.isWritten.isEmpty, !state.isWritten[index] else { return nil }
      state.isWritten[index] = true
      state.missing -= 1
      return state.missing == 0 ? state.partial : nil
    }
    guard let finished else { return }
    try mapped.synchronize()
    guard rename(finished.path, file.path) == 0 else {
      throw DataError(
        .notFound, file: file.path, expected: "a finished cache",
        received: String(cString: strerror(errno)), remedy: "Choose another folder for the cache.")
    }
    state.withLock { state in
      state.partial = nil
      state.isWritten = []
    }
  }

  /// Files that a run left behind when it was ended in the middle; a day old, so that no other run still uses them.
  private static func removeLeftovers(in folder: URL) {
    let files =
      (try? FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
    for file in files where file.pathExtension == "partial" {
      let changed = try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
      if let changed, changed.timeIntervalSinceNow < -86_400 { try? FileManager.default.removeItem(at: file) }
    }
  }
}
