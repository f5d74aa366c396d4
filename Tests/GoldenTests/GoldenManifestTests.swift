import Foundation
import Testing

/// Tests that run over all files of a folder pass when the folder is gone. This one does not.
@Suite struct GoldenManifestTests {
  struct Counts: Codable, Hashable, CustomStringConvertible {
    var files: Int
    var cases: Int

    var description: String { "\(files) files, \(cases) cases" }
  }

  static let goldens = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Goldens")

  static func manifest() throws -> [String: Counts] {
    try JSONDecoder().decode(
      [String: Counts].self, from: Data(contentsOf: goldens.appending(path: "manifest.json")))
  }

  /// What `Reference/manifest.py` counts.
  static func counts(in folder: URL) throws -> Counts {
    let keys: Set<URLResourceKey> = [.isRegularFileKey]
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: Array(keys))
    var files: [URL] = []
    while let url = found?.nextObject() as? URL {
      if try url.resourceValues(forKeys: keys).isRegularFile == true { files.append(url) }
    }
    var cases = 0
    for file in files {
      switch file.pathExtension {
      case "safetensors": cases += 1
      case "json":
        let content = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        cases += (content as? [Any])?.count ?? (content as? [String: Any])?.count ?? 0
      default: break
      }
    }
    let stems = Set(files.map { $0.lastPathComponent.prefix { $0 != "." } })
    return Counts(files: files.count, cases: cases > 0 ? cases : stems.count)
  }

  @Test func everyFolderHoldsWhatTheManifestSays() throws {
    let manifest = try Self.manifest()
    #expect(manifest.count > 10)
    for (name, counts) in manifest {
      let found = try Self.counts(in: Self.goldens.appending(path: name))
      #expect(
        found == counts,
        """
        Tests/Goldens/\(name): expected \(counts); found \(found). Bring back what is missing, or run \
        python3 Reference/manifest.py.
        """)
    }
  }

  @Test func everyFolderIsInTheManifest() throws {
    let manifest = try Self.manifest()
    let entries = try FileManager.default.contentsOfDirectory(
      at: Self.goldens, includingPropertiesForKeys: [.isDirectoryKey])
    let folders = try entries.filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
    #expect(Set(folders.map(\.lastPathComponent)) == Set(manifest.keys))
  }

  @Test func aMissingFolderIsNoticed() throws {
    #expect(try Self.counts(in: Self.goldens.appending(path: "none")) == Counts(files: 0, cases: 0))
  }
}
