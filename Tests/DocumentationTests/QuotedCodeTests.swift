import Foundation
import Testing

/// Code in the README and the guides is code that is compiled and run.
@Suite struct QuotedCodeTests {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The README, the contributor's page and everything in `Docs` and the guides.
  static let pages: [String] = {
    let folders = ["Docs", "Docs/Decisions", "Sources/Squall/Squall.docc"]
    let inFolders = folders.flatMap { folder in
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
      return names.filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
    }
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + inFolders.sorted()
  }()

  static func text(_ page: String) throws -> String {
    try String(contentsOf: root.appending(path: page), encoding: .utf8)
  }

  /// Every block of Swift stands word for word in an example; a manifest is no example.
  @Test(arguments: pages)
  func blocksAreInTheExamples(_ page: String) throws {
    let folder = Self.root.appending(path: "Examples/FirstModel")
    let sources = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
    for block in try Self.text(page).components(separatedBy: "```swift\n").dropFirst() {
      let code = block.components(separatedBy: "\n```")[0]
      if code.hasPrefix("// Package.swift") { continue }
      #expect(sources.contains { $0.contains(code) }, "\(page) quotes what no example has:\n\(code)")
    }
  }

  /// Every relative link leads to a file of the repository.
  @Test(arguments: pages)
  func linksLeadSomewhere(_ page: String) throws {
    let base = Self.root.appending(path: page).deletingLastPathComponent()
    let prose = try Self.text(page).components(separatedBy: "```").enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    for match in prose.matches(of: /\[[^\]]*\]\(([^)#\s]+)[^)]*\)/) {
      let link = String(match.1)
      if link.contains("://") { continue }
      let exists = FileManager.default.fileExists(atPath: base.appending(path: link).path)
      #expect(exists, "\(page): \(link) does not exist")
    }
  }
}
