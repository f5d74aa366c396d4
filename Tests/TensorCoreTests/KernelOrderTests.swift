import Foundation
import Testing

/// The C sources stand on one another in one order: a file calls only what lies below it.
@Suite struct KernelOrderTests {
  /// Which parts (a source and its header are one) use which others, by their includes and by the names of the
  /// functions that others define.
  struct Graph {
    private(set) var uses: [String: Set<String>] = [:]

    init(_ sources: [String: String]) throws {
      let definition = try NSRegularExpression(
        pattern: #"^(?!typedef|#|\s|\})([\w *()]*?)\b(\w+)\([^;{}]*\)\s*\{"#, options: .anchorsMatchLines)
      let prototype = try NSRegularExpression(
        pattern: #"^(?!static|typedef|#|\s|\}|SQUALL_)[\w *()]+?\b\w+\([^;{}]*\);"#,
        options: .anchorsMatchLines)
      let include = try NSRegularExpression(pattern: #"#include "(\w+)\.h""#)
      let comment = try NSRegularExpression(pattern: #"//[^\n]*|/\*(?s:.*?)\*/"#)
      func part(_ file: String) -> String { String(file.split(separator: ".")[0]) }
      func matches(_ pattern: NSRegularExpression, _ text: String, _ group: Int) -> [String] {
        pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)).map {
          Range($0.range(at: group), in: text).map { String(text[$0]) } ?? ""
        }
      }
      func without(_ pattern: NSRegularExpression, _ text: String) -> String {
        pattern.stringByReplacingMatches(
          in: text, range: NSRange(text.startIndex..., in: text), withTemplate: "")
      }
      let parts = Set(sources.keys.map(part))
      let texts = sources.mapValues { without(comment, $0) }
      var owners: [String: String] = [:]
      for (file, text) in texts {
        let kinds = matches(definition, text, 1)
        for (name, kind) in zip(matches(definition, text, 2), kinds) where name != name.uppercased() {
          let isLocal = file.hasSuffix(".c") && (kind.contains("static") || kind.contains("SQUALL_INLINE"))
          if !isLocal { owners[name] = part(file) }
        }
      }
      for (file, text) in texts {
        let words = Set(
          without(prototype, text).split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        let used = words.compactMap { owners[$0] } + matches(include, text, 1).filter(parts.contains)
        uses[part(file), default: []].formUnion(used.filter { $0 != part(file) })
      }
    }

    /// The parts that are left when all that use nothing else are taken away, again and again.
    var circle: Set<String> {
      var left = uses
      while true {
        let lowest = left.filter { $0.value.allSatisfy { left[$0] == nil } }.keys
        if lowest.isEmpty { return Set(left.keys) }
        for part in lowest { left[part] = nil }
      }
    }
  }

  @Test func findsACircle() throws {
    let graph = try Graph([
      "low.h": "int64_t low(int64_t x);\n",
      "low.c": "#include \"low.h\"\nint64_t low(int64_t x) { return high(x); }\n",
      "high.c": "#include \"low.h\"\nint64_t high(int64_t x) {\n  return low(x);\n}\n",
      "other.c": "// low(1)\nstatic int64_t other(int64_t x) { return x; }\n",
    ])
    #expect(graph.circle == ["low", "high"])
  }

  @Test func callsGoOneWay() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Sources/CKernels")
    var sources: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    where ["c", "h"].contains(file.pathExtension) {
      sources[file.lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
    }
    let graph = try Graph(sources)
    #expect(graph.uses["winograd_convolution"]?.contains("winograd_engine") == true)
    #expect(graph.uses["winograd_engine"]?.contains("winograd_products") == true)
    #expect(graph.circle.isEmpty, "these files call one another in a circle: \(graph.circle.sorted())")
  }
}
