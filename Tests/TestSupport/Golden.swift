import Foundation
import SafeTensors
import TensorCore

/// A file of reference values written by one of the scripts in `Reference/`.
public struct Golden: CustomStringConvertible, Sendable {
  public let name: String
  private let file: SafeTensorsFile

  public init(contentsOf url: URL) throws {
    name = url.deletingPathExtension().lastPathComponent
    file = try SafeTensorsFile(contentsOf: url)
  }

  /// The root of the package.
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The names of all golden files of a kind, such as `layers`.
  public static func names(_ kind: String) -> [String] {
    let folder = packageRoot.appending(path: "Tests/Goldens/\(kind)")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(12)) }.sorted()
  }

  /// The golden file of this kind and name.
  public static func load(_ kind: String, _ name: String) throws -> Golden {
    try Golden(
      contentsOf: packageRoot.appending(path: "Tests/Goldens/\(kind)/\(name).safetensors"))
  }

  public var description: String { name }

  public var metadata: [String: String] { file.metadata }

  /// A tensor that must be there.
  public func tensor(_ name: String) throws -> Tensor {
    Tensor(try file.floats(name), shape: Shape(try file.shape(name)))
  }

  /// A tensor that may be there.
  public func tensorIfPresent(_ name: String) -> Tensor? {
    file[name] == nil ? nil : try? tensor(name)
  }

  /// `prefix.0`, `prefix.1`, … as far as they go.
  public func tensors(_ prefix: String) throws -> [Tensor] {
    var found: [Tensor] = []
    while let next = tensorIfPresent("\(prefix).\(found.count)") { found.append(next) }
    return found
  }

  /// The tensors whose names start with `prefix.`, by the rest of their names.
  public func named(_ prefix: String) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for entry in file.entries where entry.name.hasPrefix(prefix + ".") {
      found[String(entry.name.dropFirst(prefix.count + 1))] = try tensor(entry.name)
    }
    return found
  }
}
