import Foundation
import SafeTensors

/// The numbers and texts of a whole HDF5 file, detached from it: what a child process hands back.
package struct HDF5Contents: Sendable {
  /// Data sets of numbers under their paths.
  package let tensors: SafeTensorsFile
  /// Text attributes by `path@name`; `@name` belongs to the root.
  package let attributes: [String: [String]]

  package init(tensors: SafeTensorsFile, attributes: [String: [String]]) {
    self.tensors = tensors
    self.attributes = attributes
  }

  /// Reads everything in this process. Foreign files go through ``HDF5Sandbox`` instead: libhdf5 breaks on
  /// malformed ones.
  package init(image: Data, name: String, limits: HDF5Limits = HDF5Limits()) throws {
    let read = try HDF5File.reading(image: image, name: name) { file in
      var tensors = try SafeTensorsFile()
      var attributes: [String: [String]] = [:]
      var budget = limits.valueBytes
      var textBudget = limits.attributeBytes
      for node in try file.nodes(limits: limits) {
        switch node {
        case .dataset(let path):
          if let entry = try file.entry(path, budget: &budget) { try tensors.append(entry) }
        case .group(let path):
          for (name, strings) in try file.stringAttributes(of: path, limits: limits) {
            textBudget -= strings.reduce(64) { $0 + $1.utf8.count }
            guard textBudget >= 0 else {
              throw HDF5Error(
                .wrongShape, file: file.path,
                expected: "at most \(limits.attributeBytes) bytes of text", received: "more",
                remedy: "This is no model file, or larger than the limit.")
            }
            attributes["\(path)@\(name)"] = strings
          }
        }
      }
      return HDF5Contents(tensors: tensors, attributes: attributes)
    }
    self = read
  }

  /// How many numbers there are in all data sets.
  package var valueCount: Int {
    tensors.entries.reduce(0) { $0 + $1.bytes.count / $1.elementType.byteCount }
  }

  /// One text attribute.
  package func text(_ attribute: String) -> String? { attributes[attribute]?.first }

  // MARK: The form that crosses the pipe

  package func encoded() throws -> Data {
    var file = tensors
    for (key, strings) in attributes {
      file.metadata[key] = String(decoding: try JSONEncoder().encode(strings), as: UTF8.self)
    }
    return file.encoded()
  }

  package init(encoded: Data) throws {
    let file = try SafeTensorsFile(data: encoded)
    tensors = try SafeTensorsFile(entries: file.entries)
    attributes = try file.metadata.mapValues {
      try JSONDecoder().decode([String].self, from: Data($0.utf8))
    }
  }
}
