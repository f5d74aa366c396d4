import Contenders
import TensorCore

/// Draws the trials of one contender.
///
/// A list of learning rates alone makes a trial of each, with the options of the entry. A number of trials makes as many at
/// random: the first is the entry as it is, with the usual rate; the others draw their rate evenly in its logarithm (or
/// from the list) and their options evenly. The nth trials of all contenders share their draw of the rate.
package struct TrialList {
  /// How many to draw; nil for one for each rate.
  let count: Int?
  let rates: [Double]
  let usualRate: Double
  let seed: UInt64

  package init(count: Int?, rates: [Double], usualRate: Double, seed: UInt64) {
    self.count = count
    self.rates = rates
    self.usualRate = usualRate
    self.seed = seed
  }

  /// Whether options are drawn too.
  var variesOptions: Bool { (count ?? 0) > 1 }

  /// - Parameters:
  ///   - name: The contender's, for errors.
  ///   - variants: Its options with the size of each; the first is the entry itself.
  /// - Throws: `ComparisonError` if there are fewer different settings.
  package func trials(
    _ name: String, space: SearchSpace, variants: [(text: String, size: MatchedSize)]
  ) throws -> [Trial] {
    guard let entry = variants.first else { return [] }
    guard let count else {
      return rates.map { Trial(contender: entry.text, learningRate: $0, size: entry.size) }
    }
    guard count > 0 else { return [] }
    let start = rates.isEmpty || rates.contains(usualRate) ? usualRate : rates[rates.count / 2]
    var trials = [Trial(contender: entry.text, learningRate: start, size: entry.size)]
    // The entry takes part by its own options, which the space states as well.
    let others = variants.count > 1 ? Array(variants.dropFirst()) : variants
    for number in 1..<max(count, 1) {
      var draws = 0
      while trials.count <= number, draws < Self.mostDraws {
        let trial = draw(name, number, draws, space, others)
        if !trials.contains(trial) { trials.append(trial) }
        draws += 1
      }
      guard trials.count > number else {
        throw ComparisonError(
          expected: "\(count) different trials of \(name)",
          received: "no more than \(number) with \(others.count) choices of options and "
            + "\(rates.count == 1 ? "one learning rate" : "\(rates.count) learning rates")",
          remedy: "Ask for fewer with --trials, or leave --learning-rate and --learning-rates out.")
      }
    }
    return trials
  }

  private static let mostDraws = 200

  private func draw(
    _ name: String, _ number: Int, _ attempt: Int, _ space: SearchSpace,
    _ variants: [(text: String, size: MatchedSize)]
  ) -> Trial {
    let stream = RandomStream(seed: seed).substream("trials").substream(number).substream(attempt)
    var (shared, own) = (stream.substream("rate"), stream.substream(name))
    let rate =
      rates.isEmpty
      ? space.learningRate(at: Double(shared.uniform())) : rates[shared.integer(below: rates.count)]
    let variant = variants[own.integer(below: variants.count)]
    return Trial(contender: variant.text, learningRate: rate, size: variant.size)
  }
}
