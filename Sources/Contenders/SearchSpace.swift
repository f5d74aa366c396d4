import Foundation

/// What a search for settings may vary in a contender: its learning rate, and options of its own.
///
/// A contender declares it in one place, ``Contender/searchSpace``. The width is none of it: it follows from the budget.
public struct SearchSpace: Hashable, Sendable {
  /// An option and the values worth trying, as a person writes them: `kernel`, `3` and `5`.
  public struct Option: Hashable, Sendable {
    public let name: String
    public let values: [String]

    public init(_ name: String, _ values: [String]) {
      self.name = name
      self.values = values
    }

    /// Whole numbers: depth, kernel sizes.
    public init(_ name: String, _ values: [Int]) { self.init(name, values.map { "\($0)" }) }

    /// Fractions: rates of dropout.
    public init(_ name: String, _ values: [Double]) { self.init(name, values.map { "\($0)" }) }
  }

  /// Learning rates are drawn from here, evenly in their logarithm.
  public let learningRates: ClosedRange<Double>
  public let options: [Option]

  public init(learningRates: ClosedRange<Double> = 2e-4...5e-3, options: [Option] = []) {
    self.learningRates = learningRates
    self.options = options
  }

  /// The learning rate at a place from 0 (the lowest) to 1, with three digits.
  public func learningRate(at place: Double) -> Double {
    let (low, high) = (learningRates.lowerBound, learningRates.upperBound)
    return Self.rounded(low * pow(high / low, min(max(place, 0), 1)))
  }

  /// Three digits are enough for a rate, and people can read them.
  private static func rounded(_ rate: Double) -> Double {
    guard rate > 0, rate.isFinite else { return rate }
    let scale = pow(10, 2 - floor(log10(rate)))
    return (rate * scale).rounded() / scale
  }

  /// All ways to write a contender with these options. Those that the text names keep their value.
  ///
  /// - Parameter text: The contender as an option names it, such as `convlstm2d:patch=2`; the only one where nothing is
  ///   left to vary.
  /// - Throws: ``ContenderError`` for options that cannot be read.
  public func variants(of text: String) throws -> [String] {
    let given = Set(try ContenderOptions(parsing: text).keys)
    var variants = [text]
    for option in options where !given.contains(option.name) {
      variants = variants.flatMap { start in option.values.map { "\(start):\(option.name)=\($0)" } }
    }
    return variants
  }
}
