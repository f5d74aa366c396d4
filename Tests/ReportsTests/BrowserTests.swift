import Foundation
import Reports
import Testing

/// The page in a real browser, at the widths of a phone and a desktop, light and dark.
@Suite(.serialized, .enabled(if: Browser.executable != nil, "no Chromium was found"))
struct BrowserTests {
  /// What the browser says of a page at one width.
  private struct Look: Decodable {
    let name: String
    let width: Int
    /// How far the page reaches beyond its window, in pixels.
    let overflow: Double
    let letters: Int
    let headings: Int
    /// What was fetched from elsewhere.
    let requests: [String]
    /// Words of charts that lie over one another, or outside the window.
    let collisions: [String]
    let outside: [String]
    /// Texts whose contrast with what is behind them is below 4.5, with it.
    let faint: [String]
    /// Whether the link that skips to the answer is seen once it has the focus.
    let skipIsSeen: Bool
    /// Figures without a text for those who do not see them, tables without a caption, column heads without scope.
    let nameless: [String]
    let isDark: Bool
  }

  private static func reports() throws -> [(name: String, report: ComparisonReport)] {
    [
      ("forecast", try ExampleReport.complete(ExampleReport.forecast())),
      ("classification", try ExampleReport.complete(ExampleReport.classification())),
      ("one", try ExampleReport.forecast(models: 1)), ("eight", try ExampleReport.forecast(models: 8)),
      ("eight-classification", try ExampleReport.classification(models: 8)),
    ]
  }

  @Test(arguments: [false, true]) func readsWellAtEveryWidth(isDark: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "squall-browser-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var frames: [String] = []
    for (name, report) in try Self.reports() {
      try report.write(to: folder.appending(path: name))
      for width in [390, 1280] {
        frames.append(
          "<iframe data-name='\(name)' src='\(name)/index.html' width='\(width)' height='900' "
            + "style='border:0'></iframe>")
      }
    }
    let page = folder.appending(path: "look.html")
    try Data(
      "<!doctype html><body>\(frames.joined())<pre id='looks'></pre><script>\(Self.script)</script>".utf8
    ).write(to: page)
    let text = try Browser.dump(page, isDark: isDark)
    let start = try #require(text.range(of: "<pre id=\"looks\">"), "\(text.suffix(500))")
    let end = try #require(text.range(of: "</pre>", range: start.upperBound..<text.endIndex))
    let json = String(text[start.upperBound..<end.lowerBound]).replacingOccurrences(of: "&lt;", with: "<")
      .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
    let looks = try JSONDecoder().decode([Look].self, from: Data(json.utf8))
    #expect(looks.count == 10)
    for look in looks {
      let place = "\(look.name) at \(look.width), \(isDark ? "dark" : "light")"
      #expect(look.isDark == isDark, "\(place)")
      #expect(look.overflow <= 0, "\(place) reaches \(look.overflow) pixels beyond the window")
      #expect(look.letters > 3000 && look.headings > 10, "\(place): \(look.letters) letters")
      #expect(look.requests.isEmpty, "\(place): \(look.requests)")
      #expect(look.collisions.isEmpty, "\(place): \(look.collisions)")
      #expect(look.outside.isEmpty, "\(place): \(look.outside)")
      #expect(look.faint.isEmpty, "\(place): \(look.faint)")
      #expect(look.nameless.isEmpty, "\(place): \(look.nameless)")
      #expect(look.skipIsSeen, "\(place)")
    }
  }

  /// `SQUALL_SCREENSHOTS=folder` keeps the pictures to look at.
  @Test func photographs() throws {
    let kept = ProcessInfo.processInfo.environment["SQUALL_SCREENSHOTS"].map { URL(filePath: $0) }
    let folder =
      kept ?? FileManager.default.temporaryDirectory.appending(path: "squall-browser-\(UUID().uuidString)")
    defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
    for (index, (name, report)) in try Self.reports().enumerated() {
      let place = folder.appending(path: name)
      try report.write(to: place)
      for (width, isDark) in [(390, index == 1), (1280, index == 0)] {
        let picture = place.appending(path: "\(width)-\(isDark ? "dark" : "light").png")
        try Browser.photograph(place.appending(path: "index.html"), width: width, isDark: isDark, to: picture)
        let data = try Data(contentsOf: picture)
        let shown = data[16..<20].reduce(0) { $0 << 8 | Int($1) }
        #expect(shown == width)
        // A page of one colour would take a few kilobytes.
        #expect(data.count > 40_000, "\(picture.lastPathComponent): \(data.count) bytes")
      }
    }
  }

  /// Looks into each frame once all have loaded, every fold opened.
  private static let script = """
    const channel = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4 };
    const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
    const numbers = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05) };
    function behind(node, view) {
      for (let at = node; at; at = at.parentElement) {
        const c = numbers(view.getComputedStyle(at).backgroundColor);
        if (c.length == 3 || c[3] > .9) return c;
      }
      return [255, 255, 255];
    }
    function look(frame) {
      const doc = frame.contentDocument, view = frame.contentWindow, root = doc.documentElement;
      doc.querySelectorAll('details').forEach(fold => fold.open = true);
      const width = root.clientWidth, collisions = [], outside = [], faint = new Set(), nameless = [];
      const short = node => node.textContent.trim().slice(0, 40);
      for (const chart of doc.querySelectorAll('svg.chart, svg.graph')) {
        const texts = [...chart.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
        for (const [text, box] of texts) {
          if (box.left < -1 || box.right > width + 1) outside.push(short(text));
          for (const [other, its] of texts) {
            if (text === other || text.compareDocumentPosition(other) & 2) continue;
            const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
            const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
            if (across > 1.5 && down > 4) collisions.push(short(text) + ' | ' + short(other));
          }
        }
      }
      for (const node of doc.querySelectorAll('p, li, td, th, dt, dd, h1, h2, h3, small, summary, a, span, code, b')) {
        if (!node.textContent.trim() || node.closest('.hidden, .skip, svg')) continue;
        const ratio = contrast(numbers(view.getComputedStyle(node).color), behind(node, view));
        if (ratio < 4.5) faint.add(short(node) + ' ' + ratio.toFixed(2));
      }
      for (const node of doc.querySelectorAll('svg:not([aria-hidden=true])'))
        if (!node.querySelector('title')?.textContent && !node.getAttribute('aria-label')) nameless.push('svg');
      for (const node of doc.querySelectorAll('img')) if (!node.alt) nameless.push('img');
      for (const node of doc.querySelectorAll('table'))
        if (!node.caption && !node.closest('[aria-label]')) nameless.push('table ' + short(node));
      for (const node of doc.querySelectorAll('th')) if (!node.scope) nameless.push('th ' + short(node));
      const skip = doc.querySelector('.skip');
      skip.focus();
      const box = skip.getBoundingClientRect();
      return {
        name: frame.dataset.name, width: frame.width * 1, overflow: root.scrollWidth - width,
        letters: doc.body.innerText.length, headings: doc.querySelectorAll('h1, h2, h3').length,
        requests: view.performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith('data:')),
        collisions, outside, faint: [...faint], nameless,
        skipIsSeen: doc.activeElement === skip && box.width > 20 && box.height > 10 && box.top >= 0 && box.left >= 0,
        isDark: view.matchMedia('(prefers-color-scheme: dark)').matches,
      };
    }
    addEventListener('load', () => {
      const text = JSON.stringify([...document.querySelectorAll('iframe')].map(look));
      document.getElementById('looks').textContent = text;
    });
    """
}

/// Chromium without a window.
enum Browser {
  static let executable: URL? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders {
        let file = URL(filePath: String(folder)).appending(path: name)
        if FileManager.default.isExecutableFile(atPath: file.path) { return file }
      }
    }
    return nil
  }()

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// The document after its scripts have run.
  static func dump(_ page: URL, isDark: Bool) throws -> String {
    String(
      decoding: try run(
        [
          "--allow-file-access-from-files", "--virtual-time-budget=10000", "--dump-dom",
        ] + scheme(isDark) + [page.absoluteString]), as: UTF8.self)
  }

  static func photograph(_ page: URL, width: Int, isDark: Bool, to picture: URL) throws {
    _ = try run(
      [
        "--screenshot=\(picture.path)", "--window-size=\(width),5200", "--hide-scrollbars",
        "--virtual-time-budget=4000",
      ] + scheme(isDark) + [page.absoluteString])
  }

  private static func scheme(_ isDark: Bool) -> [String] {
    ["--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)"]
  }

  private static func run(_ arguments: [String]) throws -> Data {
    let profile = FileManager.default.temporaryDirectory.appending(
      path: "squall-profile-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: profile) }
    let process = Process()
    let chromium: URL = try #require(executable)
    process.executableURL = chromium
    // No names can be resolved: whatever the page asks for from elsewhere fails.
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile.path)",
      ] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let watchdog = DispatchWorkItem { @Sendable in process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    watchdog.cancel()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "Chromium ended with status \(process.terminationStatus).")
    }
    return data
  }
}
