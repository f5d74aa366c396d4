import Autodiff
import Foundation
import SafeTensors
import TensorCore

/// The names and rules of the file format.
enum CheckpointFormat {
  /// What this version writes. A change that older versions cannot read raises it.
  static let version = 1

  /// Names that begin so are Squall's own, among tensors and metadata.
  static let reserved = "squall."
  static let versionKey = "squall.format"
  static let modelKey = "squall.model"
  static let frozenKey = "squall.frozen"
  static let trainingKey = "squall.training"
  static let checksumKey = "squall.checksum"
  static let optimizerPrefix = "squall.optimizer/"
  static let bestPrefix = "squall.best/"

  /// What of a training is text.
  struct TrainingText: Codable {
    var plan: TrainingPlan
    var optimizer: Optimizer
    var state: TrainingState
    var hasBest: Bool
  }

  /// Equal values give equal text.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decoded<Value: Decodable>(
    _ type: Value.Type, from text: String, _ what: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw CheckpointError(
        .damaged, expected: what, received: "text that says: \(error)",
        remedy: "Register layers of your own before loading; otherwise train or fetch the model again.")
    }
  }

  /// Gives a model these values, all or none.
  static func load(_ values: [String: Tensor], into model: inout some Parameterized) throws {
    func mismatch(_ expected: String, _ received: String) -> CheckpointError {
      CheckpointError(
        .mismatch, expected: expected, received: received,
        remedy: "Load the file into the model it was saved from.")
    }
    var rest = Set(values.keys)
    for (name, parameter) in model.parameters {
      guard let value = values[name] else { throw mismatch("a parameter \(name)", "none in the file") }
      guard value.shape == parameter.value.shape else {
        throw mismatch("\(name) of shape \(parameter.value.shape)", "\(value.shape)")
      }
      rest.remove(name)
    }
    if let foreign = rest.min() { throw mismatch("parameters of this model", foreign) }
    model.visitParameters { name, parameter in parameter.value = values[name] ?? parameter.value }
  }

  /// A number that any change of the content changes: FNV-1a over words of 64 bits, turned a little between
  /// words so that the upper bits count as much as the lower ones. It finds damage, not forgery.
  static func checksum(_ file: SafeTensorsFile) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) {
      hash = (hash ^ word) &* 0x100_0000_01b3
      hash = hash << 29 | hash >> 35
    }
    func add(_ data: Data) {
      add(UInt64(data.count))
      data.withUnsafeBytes { bytes in
        var offset = 0
        while offset + 8 <= bytes.count {
          add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
          offset += 8
        }
        for byte in bytes[offset...] { add(UInt64(byte)) }
      }
    }
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) where key != checksumKey {
      add(Data(key.utf8))
      add(Data(value.utf8))
    }
    for entry in file.entries.sorted(by: { $0.name < $1.name }) {
      add(Data(entry.name.utf8))
      add(Data(entry.elementType.rawValue.utf8))
      add(UInt64(entry.shape.count))
      for length in entry.shape { add(UInt64(length)) }
      add(entry.bytes)
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
