import Contenders
import Tasks

/// How contenders are compared, whatever they are compared for.
package struct ComparisonSettings: Sendable {
  /// The contenders as options name them, such as `convlstm2d:kernel=5`.
  package var contenders = Contenders.standard
  /// Parameters of each contender, matched within 3%; with another budget those that the budget starts from.
  package var parameters: Int
  /// What is equal for all contenders.
  package var budget = Budget.parameters
  /// The rates from which one is chosen for each contender on validation, by equally short trainings; empty to train
  /// all with the rate of the task's settings.
  package var learningRates: [Double]
  /// How many settings are tried for each contender, drawn at random; nil for one for each of `learningRates`, 0 for none.
  package var trials: Int?
  /// Whether contenders are trained on a quarter and on half of the training data too.
  package var learningCurve = false
  /// The first seed of weights, tiles and order of the samples; the others follow it.
  package var seed: UInt64 = 1
  /// How many times each contender is trained, with different weights and batches.
  package var seedCount = 3
  /// The whole run takes about this many seconds at most: trainings share what is left, and no seed begins later.
  package var totalSeconds: Double?
  /// Up to which difference contenders count as equally good; nil for what suits the score that decides.
  package var margin: PracticalMargin?
  /// Whether the models of all seeds are kept as an ensemble beside the best one.
  package var keepsSeeds = false
  /// Whether the trained models are measured, aspect by aspect.
  package var measures = true
  /// Whether measurements leave out what takes long.
  package var isQuick = false

  package init(parameters: Int, learningRates: [Double]) {
    self.parameters = parameters
    self.learningRates = learningRates
  }

  var seeds: [UInt64] { (0..<UInt64(max(seedCount, 1))).map { seed &+ $0 } }
}
