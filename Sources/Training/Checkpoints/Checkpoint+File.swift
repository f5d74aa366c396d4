import Foundation
import SafeTensors
import TensorCore

extension Checkpoint {
  /// Writes the file; its name never stands for half of it.
  ///
  /// - Throws: `SafeTensorsError` if it cannot be written; what stood there before is untouched then.
  public func write(to url: URL) throws {
    try file().write(to: url)
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: `SafeTensorsError` if the file cannot be read, is truncated or is something else;
  ///   `CheckpointError` if it is no checkpoint, is damaged or comes from a later version.
  public init(contentsOf url: URL) throws {
    try self.init(SafeTensorsFile(contentsOf: url))
  }

  /// Reads a checkpoint that is in memory.
  ///
  /// - Throws: As reading from disk.
  public init(data: Data) throws {
    try self.init(SafeTensorsFile(data: data))
  }

  /// The bytes of the file.
  public func encoded() throws -> Data { try file().encoded() }

  private func file() throws -> SafeTensorsFile {
    var file = try SafeTensorsFile(metadata: notes)
    func append(_ tensors: [(String, Tensor)], under prefix: String = "") throws {
      for (name, tensor) in tensors {
        try file.append(
          SafeTensorsEntry(prefix + name, shape: tensor.shape.dimensions, floats: tensor.values))
      }
    }
    try append(parameters.sorted { $0.key < $1.key })
    file.metadata[CheckpointFormat.versionKey] = "\(CheckpointFormat.version)"
    file.metadata[CheckpointFormat.modelKey] = configuration
    file.metadata[CheckpointFormat.frozenKey] = try CheckpointFormat.json(frozen.sorted())
    if let training {
      file.metadata[CheckpointFormat.trainingKey] = try CheckpointFormat.json(
        CheckpointFormat.TrainingText(
          plan: training.plan, optimizer: training.optimizer, state: training.state,
          hasBest: training.best != nil))
      try append(training.optimizer.state.map { ($0, $1) }, under: CheckpointFormat.optimizerPrefix)
      try append((training.best ?? [:]).sorted { $0.key < $1.key }, under: CheckpointFormat.bestPrefix)
    }
    file.metadata[CheckpointFormat.checksumKey] = CheckpointFormat.checksum(file)
    return file
  }

  private init(_ file: SafeTensorsFile) throws {
    try Self.checkOrigin(file)
    var metadata = file.metadata
    for key in metadata.keys where key.hasPrefix(CheckpointFormat.reserved) { metadata[key] = nil }
    var (parameters, optimizer, best): ([String: Tensor], [String: Tensor], [String: Tensor]) = (
      [:], [:], [:]
    )
    for entry in file.entries {
      let tensor = Tensor(try entry.floats(), shape: Shape(entry.shape))
      if entry.name.hasPrefix(CheckpointFormat.optimizerPrefix) {
        optimizer[String(entry.name.dropFirst(CheckpointFormat.optimizerPrefix.count))] = tensor
      } else if entry.name.hasPrefix(CheckpointFormat.bestPrefix) {
        best[String(entry.name.dropFirst(CheckpointFormat.bestPrefix.count))] = tensor
      } else if !entry.name.hasPrefix(CheckpointFormat.reserved) {
        parameters[entry.name] = tensor
      }
    }
    let frozen = try file.metadata[CheckpointFormat.frozenKey].map {
      try CheckpointFormat.decoded([String].self, from: $0, "a list of parameters that are not trained")
    }
    let training = try file.metadata[CheckpointFormat.trainingKey].map { text in
      let text = try CheckpointFormat.decoded(
        CheckpointFormat.TrainingText.self, from: text, "the state of a training")
      let counters = [text.state.step, text.state.epoch, text.state.batch, text.state.validCount]
      guard counters.allSatisfy({ $0 >= 0 }) else {
        throw CheckpointError(
          .damaged, expected: "counts of steps, epochs and batches ≥ 0", received: "\(counters)",
          remedy: "Take an older file.")
      }
      var restored = text.optimizer
      try restored.restore(
        iteration: text.optimizer.iteration, state: optimizer, shapes: parameters.mapValues(\.shape))
      return TrainingRecord(
        plan: text.plan, optimizer: restored, state: text.state, best: text.hasBest ? best : nil)
    }
    self.init(
      configuration: file.metadata[CheckpointFormat.modelKey], parameters: parameters,
      frozen: Set(frozen ?? []), notes: metadata, training: training)
  }

  private static func checkOrigin(_ file: SafeTensorsFile) throws {
    guard let text = file.metadata[CheckpointFormat.versionKey], let version = Int(text), version >= 1 else {
      throw CheckpointError(
        .foreign, expected: "a checkpoint of Squall",
        received: "a safetensors file without \(CheckpointFormat.versionKey) in its metadata",
        remedy: "Bare weights are loaded by name into a model that exists already.")
    }
    guard version <= CheckpointFormat.version else {
      throw CheckpointError(
        .newerFormat, expected: "format \(CheckpointFormat.version) or older", received: "format \(version)",
        remedy: "Use the version of Squall that wrote the file, or a later one.")
    }
    let checksum = CheckpointFormat.checksum(file)
    guard file.metadata[CheckpointFormat.checksumKey] == checksum else {
      throw CheckpointError(
        .damaged,
        expected: "content with checksum \(file.metadata[CheckpointFormat.checksumKey] ?? "(missing)")",
        received: checksum,
        remedy: "The file was changed since it was written. Fetch it again or take an older one.")
    }
  }
}
