import Foundation
import Reports
import Testing

/// The colours of the models on the page, as readers see them.
@Suite struct PaletteTests {
  /// Red, green and blue, linear, 0 to 1.
  private typealias Colour = [Double]

  /// The colours of paper and of the eight models, first for light, then for dark.
  private func pages() throws -> [(paper: Colour, models: [Colour])] {
    let css = ExampleReport.classification().html()
    func values(_ name: String) throws -> [Colour] {
      let pattern = try Regex("--\(name): #([0-9a-f]{6});", as: (Substring, Substring).self)
      return try css.matches(of: pattern).map { match in
        let hex = try #require(UInt32(match.output.1, radix: 16))
        return [16, 8, 0].map { shift in
          let value = Double(hex >> UInt32(shift) & 255) / 255
          return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
      }
    }
    let models = try (0..<8).map { try values("s\($0)") }
    let paper = try values("paper")
    return [0, 1].map { page in (paper[page], models.map { $0[page] }) }
  }

  private func product(_ matrix: [Colour], _ colour: Colour) -> Colour {
    matrix.map { zip($0, colour).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// Ottosson (2020).
  private func oklab(_ colour: Colour) -> Colour {
    let cones = product(
      [
        [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ], colour)
    return product(
      [
        [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
      ], cones.map { cbrt($0) })
  }

  private func leastDistance(_ colours: [Colour], seenThrough matrix: [Colour]) -> Double {
    let seen = colours.map { oklab(product(matrix, $0).map { min(max($0, 0), 1) }) }
    var least = Double.infinity
    for first in seen.indices {
      for second in seen.indices.prefix(first) {
        let squares = zip(seen[first], seen[second]).map { ($0 - $1) * ($0 - $1) }
        least = min(least, squares.reduce(0, +).squareRoot())
      }
    }
    return least
  }

  @Test func coloursStandOutFromThePage() throws {
    for page in try pages() {
      func luminance(_ colour: Colour) -> Double { product([[0.2126, 0.7152, 0.0722]], colour)[0] }
      for colour in page.models {
        let (a, b) = (luminance(colour), luminance(page.paper))
        #expect((max(a, b) + 0.05) / (min(a, b) + 0.05) >= 3)
      }
    }
  }

  /// Machado, Oliveira and Fernandes (2009), severity 1.
  @Test func colourBlindReadersTellThemApart() throws {
    let identity: [Colour] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let deficiencies: [[Colour]] = [
      [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
      [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
      [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
    for page in try pages() {
      #expect(leastDistance(page.models, seenThrough: identity) >= 0.15)
      for matrix in deficiencies { #expect(leastDistance(page.models, seenThrough: matrix) >= 0.075) }
    }
  }

  /// The first two are those of every report so far.
  @Test func theFirstTwoAreKept() {
    let css = ExampleReport.classification().html()
    for text in ["--s0: #0a5c96;", "--s1: #c04f0f;", "--s0: #62b0ea;", "--s1: #f2935c;"] {
      #expect(css.contains(text))
    }
  }

  @Test func eightModelsAndThreeBaselinesHaveElevenStyles() throws {
    let html = try ExampleReport.forecast(models: 8).html()
    let legend = try #require(html.range(of: "class=\"legend-list\""))
    let end = try #require(html.range(of: "</ul>", range: legend.upperBound..<html.endIndex))
    let entries = html[legend.upperBound..<end.lowerBound].components(separatedBy: "<li>").dropFirst()
    #expect(entries.count == 11)
    // Without their colours they still differ in marker or dash.
    let shapes = entries.map { entry -> String in
      let drawing = entry.components(separatedBy: "</svg>")[0]
      return drawing.replacing(/#[0-9a-f]{6}|class="series s\d+"/, with: "")
    }
    #expect(Set(shapes).count == 11)
  }
}
