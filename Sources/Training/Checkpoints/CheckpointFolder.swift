import Autodiff
import Foundation

/// Where a training keeps its files: `model.squall`, the best model so far, for whoever wants to use it, and
/// `last.squall`, from which the training can go on. Both are written whole or not at all.
public struct CheckpointFolder: Sendable {
  public let url: URL
  /// What is kept with the model: normaliser, units, grid, ….
  public var notes: [String: String]

  public init(_ url: URL, notes: [String: String] = [:]) {
    self.url = url
    self.notes = notes
  }

  /// The best model so far.
  public var bestModel: URL { url.appending(path: "model.squall") }
  /// The state of the training after its last complete epoch, or where it was stopped.
  public var lastState: URL { url.appending(path: "last.squall") }

  func saveModel(_ model: some Parameterized, of epoch: History.Epoch) throws {
    try create()
    try Checkpoint(model, notes: notes).write(to: bestModel)
  }

  func saveState<Model>(of trainer: Trainer<Model>) throws {
    try create()
    try Checkpoint(trainer, notes: notes).write(to: lastState)
  }

  private func create() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
}
