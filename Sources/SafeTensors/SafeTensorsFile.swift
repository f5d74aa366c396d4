import Foundation

/// The content of a safetensors file: named tensors and text metadata.
///
/// Layout: 8 bytes with the header's length N (little endian), N bytes of JSON, then the tensors' bytes, one
/// after another, row-major and little endian. Reading checks all of it and takes no more memory than a small
/// multiple of the file's size, whatever the header claims; names are compared as Unicode text.
public struct SafeTensorsFile: Hashable, Sendable {
  /// The tensors: in the order of the data when read, in the order of `append` when built.
  public private(set) var entries: [SafeTensorsEntry]
  /// Free text; an application's own settings, units and versions.
  public var metadata: [String: String]
  private var indices: [String: Int]

  /// - Throws: `SafeTensorsError` of kind `duplicateName`.
  public init(entries: [SafeTensorsEntry] = [], metadata: [String: String] = [:]) throws {
    self.entries = []
    self.metadata = metadata
    self.indices = [:]
    for entry in entries { try append(entry) }
  }

  /// Adds one tensor.
  /// - Throws: `SafeTensorsError` of kind `duplicateName` where its name is taken.
  public mutating func append(_ entry: SafeTensorsEntry) throws {
    guard indices[entry.name] == nil else {
      throw SafeTensorsError(
        .duplicateName, expected: "every name once", received: "\(entry.name) again",
        remedy: "Give each tensor its own name.")
    }
    indices[entry.name] = entries.count
    entries.append(entry)
  }

  /// The tensor of this name, or `nil`.
  public subscript(name: String) -> SafeTensorsEntry? { indices[name].map { entries[$0] } }

  /// The tensor of this name.
  /// - Throws: `SafeTensorsError` of kind `missingTensor`.
  public func entry(_ name: String) throws -> SafeTensorsEntry {
    if let entry = self[name] { return entry }
    let names = entries.prefix(12).map(\.name).joined(separator: ", ")
    throw SafeTensorsError(
      .missingTensor, expected: "a tensor named \(name)",
      received: entries.isEmpty ? "none" : names + (entries.count > 12 ? ", … (\(entries.count))" : ""),
      remedy: "Is this the right file? Ask for one of the names it has.")
  }

  /// The elements of a floating-point tensor as float32 (`F64` is rounded).
  /// - Throws: `SafeTensorsError` of kind `missingTensor` or `elementType`.
  public func floats(_ name: String) throws -> [Float] { try entry(name).floats() }

  /// The axis lengths of a tensor.
  /// - Throws: `SafeTensorsError` of kind `missingTensor`.
  public func shape(_ name: String) throws -> [Int] { try entry(name).shape }
}
