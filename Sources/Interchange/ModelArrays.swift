import Foundation
import Layers
import NumPyFiles
import TensorCore
import Training
import ZipArchive

/// Arrays in NumPy files as the inputs, targets and outputs of a model. Numbers of any type become float32.
public enum ModelArrays {
  /// One tensor for each input: from as many `.npy` files in the model's order, or from one `.npz` archive whose
  /// arrays bear the names of the inputs (or are numbered, as `numpy.savez(file, a, b)` does).
  ///
  /// - Throws: `InterchangeError` that lists the inputs; `NumPyError`, `ZipError` for the files.
  public static func inputs(_ files: [URL], for model: ModelGraph) throws -> [Tensor] {
    let expected = model.inputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    let tensors =
      files.count == 1 && isArchive(files[0])
      ? try named(files[0], model.inputs.map(\.name), "arrays for the inputs \(expected)")
      : try files.map { try tensor($0) }
    guard tensors.count == model.inputs.count else {
      throw InterchangeError(
        .invalidOption, in: "inputs", expected: "\(model.inputs.count) arrays: \(expected)",
        received: "\(tensors.count)",
        remedy: "Name one .npy file for each input in this order, or one .npz archive with these names.")
    }
    return tensors
  }

  /// The array of a `.npy` file, or the only one of an archive.
  ///
  /// - Throws: `NumPyError`, `ZipError` (kind `unreadable`), `InterchangeError` for an archive of several.
  public static func tensor(_ file: URL) throws -> Tensor {
    guard isArchive(file) else { return try Tensor(npy: file) }
    let archive = try NumPyArchive(contentsOf: file)
    guard archive.names.count == 1 else {
      throw InterchangeError(
        .invalidOption, in: file.lastPathComponent, expected: "one array",
        received: archive.names.joined(separator: ", "), remedy: "Save the one that is meant by itself.")
    }
    return try Tensor(archive.array(archive.names[0]))
  }

  /// Writes outputs: all into one `.npz` archive (`output`, `output_1`, …), or into `y.npy`, `y_1.npy`, ….
  ///
  /// - Returns: What was written where.
  /// - Throws: `NumPyError` of kind `unwritable`, `ZipError`; no file is half written.
  public static func write(_ outputs: [Tensor], to url: URL) throws -> [(file: URL, shape: Shape)] {
    if isArchive(url) {
      let arrays = try outputs.enumerated().map { index, value in
        (
          name: index == 0 ? "output" : "output_\(index)",
          array: try NumPyArray(shape: value.shape.dimensions, floats: value.values)
        )
      }
      let data = try NumPyArchive.encoded(arrays)
      do { try data.write(to: url, options: .atomic) } catch {
        throw InterchangeError(
          .unwritable, in: url.path, expected: "to write the file", received: error.localizedDescription,
          remedy: "Check that the folder exists, is writable and has room.")
      }
      return outputs.map { (url, $0.shape) }
    }
    return try outputs.enumerated().map { index, value in
      let file = index == 0 ? url : numbered(url, index)
      try value.write(npy: file)
      return (file, value.shape)
    }
  }

  /// Targets in the shape that a loss wants of them: like Keras, an axis of length 1 at the end may be there or not.
  public static func target(_ target: Tensor, for loss: Loss, output: SymbolicShape) -> Tensor {
    let wanted = loss.name == .sparseCategoricalCrossentropy ? output.rank - 1 : output.rank
    if target.rank == wanted + 1, target.shape[-1] == 1 {
      return target.reshaped(to: Shape(target.shape.dimensions.dropLast()))
    }
    if target.rank + 1 == wanted, output[-1] == 1 {
      return target.reshaped(to: Shape(target.shape.dimensions + [1]))
    }
    return target
  }

  private static func named(_ file: URL, _ names: [String], _ what: String) throws -> [Tensor] {
    let archive = try NumPyArchive(contentsOf: file)
    let numbers = names.indices.map { "arr_\($0)" }
    for list in [names, numbers] where Set(list) == Set(archive.names) {
      return try list.map { try Tensor(archive.array($0)) }
    }
    if names.count == 1, archive.names.count == 1 { return [try Tensor(archive.array(archive.names[0]))] }
    throw InterchangeError(
      .invalidOption, in: file.lastPathComponent, expected: what,
      received: archive.names.isEmpty ? "an empty archive" : archive.names.joined(separator: ", "),
      remedy: "Save them with numpy.savez under the names of the inputs.")
  }

  private static func isArchive(_ url: URL) -> Bool { url.pathExtension.lowercased() == "npz" }

  /// `y.npy` as `y_1.npy`.
  private static func numbered(_ url: URL, _ number: Int) -> URL {
    let name = "\(url.deletingPathExtension().lastPathComponent)_\(number)"
    return url.deletingLastPathComponent().appending(
      path: url.pathExtension.isEmpty ? name : "\(name).\(url.pathExtension)")
  }
}

extension Tensor {
  /// The array in a `.npy` file, as float32.
  ///
  /// - Throws: `NumPyError`, `ZipError` (kind `unreadable`).
  public init(npy url: URL) throws { try self.init(NumPyFile(contentsOf: url).array()) }

  init(_ array: NumPyArray) { self.init(array.floats(), shape: Shape(array.shape)) }

  /// Writes a `.npy` file of float32.
  ///
  /// - Throws: `NumPyError` of kind `unwritable`.
  public func write(npy url: URL) throws {
    try NumPyArray(shape: shape.dimensions, floats: values).write(to: url)
  }
}
