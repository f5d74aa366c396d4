import DataTestSupport
import Foundation
import Readers
import Synthesis
import Testing

@Suite struct AdvectedCellsTests {
  private func options(_ change: (inout AdvectedCells.Options) -> Void = { _ in }) -> AdvectedCells.Options {
    var options = AdvectedCells.Options()
    options.frames = 60
    options.height = 64
    options.width = 80
    change(&options)
    return options
  }

  @Test func theSeedIsAll() throws {
    let one = try AdvectedCells(options(), seed: 1)
    // Any frame alone, in any order.
    let later = try one.frame(at: 30)
    _ = try one.frame(at: 2)
    #expect(try AdvectedCells(options(), seed: 1).frame(at: 30) == later)
    #expect(try AdvectedCells(options(), seed: 2).frame(at: 30) != later)
    #expect(one.timestamps?.count == 60)
    #expect(later.time == one.timestamps?[30])
    #expect(one.nominalStep == 5)
    #expect(later.shape == FrameShape(height: 64, width: 80))
  }

  @Test(arguments: [0.1, 0.25, 0.5])
  func theWetFractionIsAsStated(fraction: Double) throws {
    let cells = try AdvectedCells(options { $0.wetFraction = fraction }, seed: 3)
    var wet = 0
    for index in 0..<60 { wet += try cells.frame(at: index).values.count { $0 > 0 } }
    #expect(abs(Double(wet) / Double(60 * 64 * 80) - fraction) < 0.02)
  }

  @Test func ratesAreThoseOfRain() throws {
    let cells = try AdvectedCells(options(), seed: 4)
    let values = try (0..<60).flatMap { try cells.frame(at: $0).values }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 300 })
    let heavy = Double(values.count { $0 > 5 }) / Double(values.count)
    #expect(heavy > 0.005 && heavy < 0.15)
  }

  /// Correlation of a frame with a later one, shifted by (rows, columns).
  private func correlation(_ a: Frame, _ b: Frame, rows: Int, columns: Int) -> Double {
    var (n, sa, sb, saa, sbb, sab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    let shape = a.shape
    for row in 12..<shape.height - 12 {
      for column in 16..<shape.width - 16 {
        let x = Double(log1p(a.values[row * shape.width + column]))
        let y = Double(log1p(b.values[(row + rows) * shape.width + column + columns]))
        n += 1
        sa += x
        sb += y
        saa += x * x
        sbb += y * y
        sab += x * y
      }
    }
    let variances = (saa - sa * sa / n) * (sbb - sb * sb / n)
    return variances > 0 ? (sab - sa * sb / n) / variances.squareRoot() : 0
  }

  @Test(arguments: [
    AdvectedCells.Wind(rows: 1, columns: 3), AdvectedCells.Wind(rows: -2, columns: 1),
    AdvectedCells.Wind(rows: 0, columns: -2),
  ])
  func cellsMoveWithTheWind(wind: AdvectedCells.Wind) throws {
    let cells = try AdvectedCells(options { $0.wind = wind }, seed: 5)
    let (a, b) = (try cells.frame(at: 20), try cells.frame(at: 24))
    var best = (value: -1.0, rows: 0, columns: 0)
    for rows in -12...12 {
      for columns in -16...16 {
        let value = correlation(a, b, rows: rows, columns: columns)
        if value > best.value { best = (value, rows, columns) }
      }
    }
    #expect(abs(best.rows - Int(4 * wind.rows)) <= 1)
    #expect(abs(best.columns - Int(4 * wind.columns)) <= 1)
    #expect(best.value > 0.6)
    // Someone who knows the wind forecasts better than persistence does.
    #expect(best.value > correlation(a, b, rows: 0, columns: 0) + 0.2)
  }

  @Test func cellsGrowAndDecay() throws {
    // Without wind, what is lost with time is the life of the cells; long lives lose less.
    func kept(lifetime: Double, frames: Int) throws -> Double {
      let cells = try AdvectedCells(
        options {
          $0.wind = .init(rows: 0, columns: 0)
          $0.lifetime = lifetime
        }, seed: 6)
      return try (0..<6).map {
        correlation(try cells.frame(at: 8 * $0), try cells.frame(at: 8 * $0 + frames), rows: 0, columns: 0)
      }.reduce(0, +) / 6
    }
    let short = try kept(lifetime: 60, frames: 6)
    #expect(try kept(lifetime: 60, frames: 2) > short + 0.1)
    #expect(try kept(lifetime: 600, frames: 6) > short + 0.1)
    #expect(try kept(lifetime: 60, frames: 2) < 0.99)
  }

  @Test func thePatternTurnsAboutTheCentre() throws {
    // Ten frames of 9° are a quarter turn, clockwise: what was above the centre is to the right of it.
    let cells = try AdvectedCells(
      options {
        $0.width = 64
        $0.wind = .init(rows: 0, columns: 0)
        $0.rotation = 9
        $0.lifetime = 1e9
      }, seed: 3)
    let (before, after) = (try cells.frame(at: 5).values, try cells.frame(at: 15).values)
    for row in 0..<64 {
      for column in 0..<64 {
        #expect(abs(after[row * 64 + column] - before[(63 - column) * 64 + row]) < 2e-2)
      }
    }
  }

  @Test func aTurningFlowCarriesTheRain() throws {
    // A small turn about the centre with a wind: near the centre it is the wind that moves the cells.
    let wind = AdvectedCells.Wind(rows: 1, columns: 2)
    let cells = try AdvectedCells(
      options {
        $0.wind = wind
        $0.rotation = 0.5
        $0.lifetime = 1e9
      }, seed: 5)
    let (a, b) = (try cells.frame(at: 20), try cells.frame(at: 24))
    #expect(correlation(a, b, rows: 4, columns: 8) > 0.8)
    #expect(correlation(a, b, rows: 0, columns: 0) < 0.7)
  }

  @Test func aRadarSeesADisc() throws {
    let cells = try AdvectedCells(options { $0.domain = .disc }, seed: 1)
    let frame = try cells.frame(at: 0)
    let expected = Double.pi * 32 * 32
    #expect(abs(Double(frame.shape.count - frame.missingCount) - expected) < 40)
    #expect(frame.isValid[32 * 80 + 40])
    #expect(!frame.isValid[0])
    #expect(!frame.isValid[32 * 80 + 5])
  }

  @Test func senselessOptionsAreRefused() {
    let changes: [(inout AdvectedCells.Options) -> Void] = [
      { $0.frames = 0 }, { $0.height = -1 }, { $0.width = 100_000 }, { $0.step = 0 }, { $0.step = .nan },
      { $0.wind.rows = .infinity }, { $0.rotation = .nan }, { $0.rotation = 100 }, { $0.wetFraction = 0 },
      { $0.wetFraction = 1.5 }, { $0.lifetime = -1 },
      { $0.smallestScale = 1 }, { $0.largestScale = 3 }, { $0.contrast = 0 }, { $0.waves = 1 },
      { $0.spectralSlope = .nan },
    ]
    for change in changes {
      #expect(dataError { try AdvectedCells(options(change), seed: 1) }?.kind == .invalidOption)
    }
  }
}
