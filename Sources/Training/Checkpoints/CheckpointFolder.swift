import Autodiff
import Foundation
import SafeTensors
import Support

/// Where a training keeps its files: `model.squall`, the best model so far, for whoever wants to use it, and
/// `last.squall`, from which the training can go on. Both are written whole or not at all.
public struct CheckpointFolder: Sendable {
  public let url: URL
  /// What is kept with the model: normaliser, units, grid, ….
  public var notes: [String: String]
  /// The state is saved in the middle of an epoch too, after so many seconds; `nil` for at its end alone.
  public var everySeconds: Double?

  public init(_ url: URL, notes: [String: String] = [:], everySeconds: Double? = 300) {
    self.url = url
    self.notes = notes
    self.everySeconds = everySeconds
  }

  /// The best model so far.
  public var bestModel: URL { url.appending(path: "model.squall") }
  /// The state of the training after its last complete epoch, or where it was stopped.
  public var lastState: URL { url.appending(path: "last.squall") }

  /// Makes the folder, and clears it of what processes left that were killed while they wrote.
  ///
  /// - Throws: `SafeTensorsError` if nothing can be written there.
  func prepare() throws {
    do { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) } catch {
      throw unwritable("\(error.localizedDescription)")
    }
    guard access(url.path, W_OK) == 0 else { throw unwritable(String(cString: strerror(errno))) }
    for file in [bestModel, lastState] { AtomicFile.removeRemains(of: file) }
  }

  private func unwritable(_ reason: String) -> SafeTensorsError {
    SafeTensorsError(
      .unwritable, expected: "a folder \(url.path) for checkpoints", received: reason,
      remedy: "Check that it can be made, is writable and has room.")
  }

  /// Writes `model.squall` with the notes of this folder.
  ///
  /// - Throws: `SafeTensorsError` if it cannot be written.
  public func saveModel(_ model: some Parameterized) throws {
    try Checkpoint(model, notes: notes).write(to: bestModel)
  }

  func saveState<Model>(of trainer: Trainer<Model>) throws {
    try Checkpoint(trainer, notes: notes).write(to: lastState)
  }
}
