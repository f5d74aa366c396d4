import Foundation
import Testing

/// Errors name options that exist.
@Suite struct RemedyTests {
  private struct Dump: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { let name: String }
        let names: [Name]?
      }
      let subcommands: [Command]?
      let arguments: [Argument]?

      var options: Set<String> {
        Set((arguments ?? []).flatMap { $0.names ?? [] }.map(\.name))
          .union((subcommands ?? []).flatMap(\.options))
      }
    }
    let command: Command
  }

  /// Options of other programs that texts name.
  private static let others: Set = ["experimental-dump-help", "generate-completion-script", "traits", "no"]

  @Test(.enabled(if: CommandTests.products != nil, "the built programs were not found beside the tests"))
  func optionsInTextsExist() throws {
    let (status, output) = try CommandTests.run("squall", ["--experimental-dump-help"])
    #expect(status == 0)
    let options = try JSONDecoder().decode(Dump.self, from: Data(output.utf8)).command.options
    #expect(options.count > 50)
    let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var (seen, unknown) = (0, Set<String>())
    // The page's style sheet has variables that look like options.
    for case let file as URL in files
    where file.pathExtension == "swift" && !file.path.contains("/Reports/Page/") {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") else { continue }
        for match in line.matches(of: /(?:^|[^A-Za-z0-9_-])--([a-z][a-z-]*[a-z])/) {
          let name = String(match.1)
          seen += 1
          if !options.contains(name), !Self.others.contains(name) {
            unknown.insert("\(file.lastPathComponent): --\(name)")
          }
        }
      }
    }
    #expect(seen > 100)
    #expect(unknown.isEmpty, "\(unknown.sorted())")
  }
}
