import Foundation
import Readers
import Support

/// The error of the best linear forecast on the ``InteractionDial``, from its covariance alone; for Gaussian fields
/// no forecast of any kind has a smaller mean squared error.
///
/// With the observed values o and a value p to forecast (Wiener 1949),
///
///     error = Var p − Cov(p, o) Cov(o, o)⁻¹ Cov(o, p)
///
/// as a share of the variance: 0 is certain, 1 is no better than the mean.
public struct WienerForecast: Sendable {
  /// The smallest mean squared error at one lead time, as a share of the variance.
  public struct LeadError: Equatable, Codable, Sendable {
    /// Frames after the last observed one.
    public var lead: Int
    /// If the whole torus around the frame were observed: a bound that no forecaster passes.
    public var wholeField: Double
    /// If only the frame is observed, as a model sees it: the mean over its pixels, taken on a square lattice.
    public var window: Double?

    enum CodingKeys: String, CodingKey {
      case lead
      case wholeField = "whole_field"
      case window
    }
  }

  let options: InteractionDial.Options
  /// How many frames are observed.
  public let inputFrames: Int
  /// How many frames are forecast.
  public let forecastFrames: Int
  private let maker: DialMaker

  /// - Throws: `DataError` if input and forecast are not within the frames of the dial.
  public init(_ dial: InteractionDial, inputFrames: Int, forecastFrames: Int) throws {
    guard inputFrames >= 1, forecastFrames >= 1, inputFrames + forecastFrames <= dial.options.frames else {
      throw DataError(
        .invalidOption, expected: "input and forecast within the \(dial.options.frames) frames of the dial",
        received: "\(inputFrames) + \(forecastFrames)", remedy: "Use fewer, or make longer sequences.")
    }
    options = dial.options
    maker = DialMaker(dial.options)
    self.inputFrames = inputFrames
    self.forecastFrames = forecastFrames
  }

  /// The same fields, forecast from another number of frames.
  ///
  /// - Throws: `DataError` if both together are more than the frames of a sequence.
  public func forecasting(_ forecastFrames: Int, from inputFrames: Int) throws -> WienerForecast {
    try WienerForecast(
      InteractionDial(options, seed: 0), inputFrames: inputFrames, forecastFrames: forecastFrames)
  }

  /// The errors of all lead times.
  ///
  /// - Parameter places: The lattice on which ``LeadError/window`` is taken has so many pixels along each side;
  ///   0 leaves it out. The time grows with its square.
  public func errors(places: Int = 3) -> [LeadError] {
    let whole = wholeFieldErrors()
    let window = places > 0 ? windowErrors(places: places) : nil
    return (0..<forecastFrames).map {
      LeadError(lead: $0 + 1, wholeField: whole[$0], window: window?[$0])
    }
  }

  // MARK: The whole field: every wave is a process of its own

  private func wholeFieldErrors() -> [Double] {
    var errors = [Double](repeating: 0, count: forecastFrames)
    let velocity = options.velocity
    for row in 0..<maker.fields.height {
      for column in 0..<maker.fields.width {
        let power = maker.fields.power[row * maker.fields.width + column]
        guard power > 0 else { continue }
        let phase = maker.fields.phase(
          row: row, column: column, rows: velocity.rows, columns: velocity.columns)
        let factor = factor(phase: phase, ridge: 0)
        for lead in 1...forecastFrames {
          let c = (0..<inputFrames).map { covariance(phase: phase, lag: inputFrames - 1 + lead - $0) }
          let known = factor.quadraticForm(c.map(\.real) + c.map(\.imaginary))
          errors[lead - 1] += power * max(0, 1 - known)
        }
      }
    }
    return errors
  }

  /// The covariance of one wave with itself `lag` frames earlier.
  private func covariance(phase: Double, lag: Int) -> (real: Double, imaginary: Double) {
    let angle = phase * Double(lag)
    return (
      (1 - options.theta) * maker.autocorrelation[abs(lag)] + options.theta * cos(angle),
      -options.theta * sin(angle)
    )
  }

  /// The factor of one wave's covariances over the observed frames. A Hermitian matrix R + iI is the symmetric one
  /// (R −I; I R) of twice the order. Conjugated, as a covariance with earlier values must be.
  func factor(phase: Double, ridge: Double) -> SemidefiniteCholesky {
    let n = inputFrames
    var matrix = [Double](repeating: 0, count: 4 * n * n)
    for i in 0..<n {
      for j in 0..<n {
        let value = covariance(phase: phase, lag: i - j)
        matrix[i * 2 * n + j] = value.real
        matrix[(n + i) * 2 * n + n + j] = value.real
        matrix[i * 2 * n + n + j] = value.imaginary
        matrix[(n + i) * 2 * n + j] = -value.imaginary
      }
      matrix[i * 2 * n + i] += ridge
      matrix[(n + i) * 2 * n + n + i] += ridge
    }
    return SemidefiniteCholesky(matrix, order: 2 * n)
  }

  // MARK: The window

  private func windowErrors(places: Int) -> [Double] {
    let solver = WindowSolver(self, maker)
    func lattice(_ length: Int) -> [Int] {
      let count = min(places, length)
      return (0..<count).map { min(length - 1, Int((Double($0) + 0.5) * Double(length) / Double(count))) }
    }
    let pixels = lattice(options.height).flatMap { row in lattice(options.width).map { (row, $0) } }
    let wanted = pixels.flatMap { row, column in
      (1...forecastFrames).map { WindowSolver.Place(row: row, column: column, lead: $0) }
    }
    // Every pair of solutions is independent of the others.
    let known = concurrently((wanted.count + 1) / 2) { pair in
      solver.knownVariances(wanted[2 * pair], wanted[min(2 * pair + 1, wanted.count - 1)])
    }
    return (0..<forecastFrames).map { lead in
      let sum = pixels.indices.reduce(0.0) { sum, pixel in
        let index = pixel * forecastFrames + lead
        return sum + (index % 2 == 0 ? known[index / 2].0 : known[index / 2].1)
      }
      return max(0, 1 - sum / Double(pixels.count))
    }
  }
}

/// The results of independent pieces of work, computed on all cores.
private func concurrently(
  _ count: Int, _ body: @escaping @Sendable (Int) -> (Double, Double)
) -> [(Double, Double)] {
  let results = LockedResults(count)
  DispatchQueue.concurrentPerform(iterations: count) { results.set($0, body($0)) }
  return results.values
}
