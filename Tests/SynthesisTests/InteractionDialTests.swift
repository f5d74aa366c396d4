import DataTestSupport
import Synthesis
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct InteractionDialTests {
  private func dial(_ theta: Double, _ change: (inout InteractionDial.Options) -> Void = { _ in }) throws
    -> InteractionDial
  {
    var options = InteractionDial.Options()
    options.theta = theta
    options.samples = 240
    options.frames = 5
    options.height = 14
    options.width = 10
    options.velocity = .init(rows: 1, columns: -1.5)
    options.largestScale = 12
    change(&options)
    return try InteractionDial(options, seed: 4)
  }

  /// Every sequence as its values, `[time, height, width]`.
  private func sequences(_ dial: InteractionDial) throws -> [[Float]] {
    try dial.events().map { event in try (0..<event.count).flatMap { try event.frame(at: $0).values } }
  }

  @Test(arguments: [0, 0.35, 1])
  func covariancesAreAsStated(theta: Double) throws {
    let dial = try self.dial(theta)
    let sequences = try self.sequences(dial)
    let (height, width) = (14, 10)
    for (rows, columns, frames) in [
      (0, 0, 0), (3, 0, 0), (0, -2, 0), (0, 0, 1), (0, 0, 3), (2, -3, 2), (-2, 3, 2), (1, -1, 1), (3, 2, 4),
    ] {
      // One estimate a sequence; sequences are independent, so their scatter is the standard error.
      let estimates = sequences.map { values -> Double in
        var (sum, count) = (0.0, 0.0)
        for time in 0..<5 - frames {
          for row in 0..<height where (0..<height).contains(row + rows) {
            for column in 0..<width where (0..<width).contains(column + columns) {
              sum +=
                Double(values[(time * height + row) * width + column])
                * Double(values[((time + frames) * height + row + rows) * width + column + columns])
              count += 1
            }
          }
        }
        return sum / count
      }
      let mean = estimates.reduce(0, +) / Double(estimates.count)
      let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(estimates.count - 1)
      let standardError = (variance / Double(estimates.count)).squareRoot()
      let stated = dial.covariance(rows: Double(rows), columns: Double(columns), frames: Double(frames))
      #expect(
        abs(mean - stated) < 3.5 * standardError,
        "θ \(theta), d (\(rows), \(columns)), τ \(frames): \(mean) ± \(standardError), stated \(stated)")
    }
  }

  @Test(arguments: [0, 0.35, 1])
  func valuesAreStandardNormal(theta: Double) throws {
    // One value of each sequence, so that all are independent.
    let values = try sequences(dial(theta)).map { Double($0[2 * 140 + 67]) }
    let count = Double(values.count)
    let moments = (1...4).map { power in values.reduce(0) { $0 + pow($1, Double(power)) } / count }
    // Standard errors of the moments 0, 1, 0, 3 of a normal distribution.
    let errors = [1, 2, 15, 96].map { (Double($0) / count).squareRoot() }
    for (index, expected) in [0.0, 1, 0, 3].enumerated() {
      #expect(abs(moments[index] - expected) < 3.5 * errors[index], "moment \(index + 1): \(moments[index])")
    }
  }

  @Test func bothMarginalsAreTheSameAtEveryTheta() throws {
    let dials = try [0, 0.35, 1].map { try self.dial($0) }
    for (rows, columns, frames) in [(2.0, 1.0, 0.0), (-4, 3, 0), (0, 0, 1), (0, 0, 4)] {
      let values = dials.map { $0.covariance(rows: rows, columns: columns, frames: frames) }
      #expect(abs(values[0] - values[1]) < 1e-12 && abs(values[1] - values[2]) < 1e-12)
    }
    // Together they are not: at θ = 1 all of the variance arrives where the motion leads.
    let led = dials.map { $0.covariance(rows: 2, columns: -3, frames: 2) }
    #expect(abs(led[2] - 1) < 1e-9)
    #expect(led[0] < 0.2 && led[0] < led[1] && led[1] < led[2])
  }

  @Test func theSeedIsAll() throws {
    let small = { try self.dial(0.5) { $0.samples = 3 } }
    let again = try sequences(small())
    #expect(try sequences(small()) == again)
    #expect(again[0] != again[1])
    // θ mixes the same two fields.
    let zero = try sequences(dial(0) { $0.samples = 1 })[0]
    let one = try sequences(dial(1) { $0.samples = 1 })[0]
    let half = 0.5.squareRoot()
    for index in stride(from: 0, to: zero.count, by: 37) {
      #expect(abs(again[0][index] - Float(half) * (zero[index] + one[index])) < 1e-5)
    }
  }

  // MARK: The best linear forecast

  /// 1 − cᵀ R⁻¹ c by elimination, from the stated covariances.
  private func reference(_ dial: InteractionDial, input: Int, lead: Int) -> Double {
    let (height, width) = (dial.options.height, dial.options.width)
    let observed = (0..<input).flatMap { time in
      (0..<height).flatMap { row in (0..<width).map { (time, row, $0) } }
    }
    func covariance(_ a: (Int, Int, Int), _ b: (Int, Int, Int)) -> Double {
      dial.covariance(rows: Double(a.1 - b.1), columns: Double(a.2 - b.2), frames: Double(a.0 - b.0))
    }
    var sum = 0.0
    for row in 0..<height {
      for column in 0..<width {
        let pixel = (input - 1 + lead, row, column)
        let n = observed.count
        var matrix = (0..<n).map { i in
          (0..<n).map { covariance(observed[i], observed[$0]) } + [covariance(pixel, observed[i])]
        }
        let right = matrix.map { $0[n] }
        for pivot in 0..<n {
          for i in pivot + 1..<max(n, pivot + 1) {
            let factor = matrix[i][pivot] / matrix[pivot][pivot]
            for j in pivot...n { matrix[i][j] -= factor * matrix[pivot][j] }
          }
        }
        var solution = [Double](repeating: 0, count: n)
        for i in stride(from: n - 1, through: 0, by: -1) {
          var value = matrix[i][n]
          for j in i + 1..<max(n, i + 1) { value -= matrix[i][j] * solution[j] }
          solution[i] = value / matrix[i][i]
        }
        sum += 1 - zip(right, solution).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return sum / Double(height * width)
  }

  @Test func theWindowErrorIsThatOfElimination() throws {
    let dial = try self.dial(0.6) {
      $0.height = 4
      $0.width = 3
      $0.frames = 4
      $0.largestScale = 4
    }
    let errors = try WienerForecast(dial, inputFrames: 2, forecastFrames: 2).errors(places: 8)
    for lead in 1...2 {
      let expected = reference(dial, input: 2, lead: lead)
      let window = try #require(errors[lead - 1].window)
      #expect(abs(window - expected) < 2e-4, "lead \(lead): \(window), by elimination \(expected)")
      #expect(errors[lead - 1].wholeField < window)
    }
  }

  @Test func theEndsOfTheDialAreKnown() throws {
    // Rigid motion over a whole torus is certain; a window never tells more than the torus around it.
    let moving = try WienerForecast(dial(1), inputFrames: 2, forecastFrames: 3).errors(places: 64)
    #expect(moving.allSatisfy { $0.wholeField < 1e-6 })
    #expect(moving.allSatisfy { ($0.window ?? -1) >= $0.wholeField - 1e-6 })
    // What is separable is forecast pixel by pixel, whatever surrounds it.
    let still = try dial(0)
    let errors = try WienerForecast(still, inputFrames: 1, forecastFrames: 2).errors(places: 3)
    for error in errors {
      let correlation = still.covariance(rows: 0, columns: 0, frames: Double(error.lead))
      #expect(abs(error.wholeField - (1 - correlation * correlation)) < 1e-6)
      #expect(abs((error.window ?? 0) - error.wholeField) < 1e-3)
    }
    #expect(moving[2].wholeField < errors[1].wholeField)
  }

  @Test func senselessOptionsAreRefused() throws {
    let changes: [(inout InteractionDial.Options) -> Void] = [
      { $0.theta = -0.1 }, { $0.theta = 1.1 }, { $0.theta = .nan }, { $0.samples = 0 }, { $0.frames = 0 },
      { $0.height = 1 }, { $0.width = 100_000 }, { $0.velocity.rows = .infinity }, { $0.largestScale = 0 },
      {
        $0.velocity = .init(rows: 250, columns: 250)
        $0.frames = 1000
      },
    ]
    for change in changes {
      #expect(dataError { try dial(0.5, change) }?.kind == .invalidOption)
    }
    let half = try dial(0.5)
    #expect(dataError { try WienerForecast(half, inputFrames: 3, forecastFrames: 3) } != nil)
    #expect(dataError { try WienerForecast(half, inputFrames: 0, forecastFrames: 3) } != nil)
  }
}
