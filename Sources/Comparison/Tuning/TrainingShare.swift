/// How much of the training part a training sees.
struct TrainingShare: Hashable {
  let fraction: Double

  static let all = TrainingShare(fraction: 1)
  /// Those of a learning curve beside the whole part.
  static let smaller = [TrainingShare(fraction: 0.25), TrainingShare(fraction: 0.5)]

  var percent: Int { Int((fraction * 100).rounded()) }
  var text: String { "\(percent)%" }
  /// What follows the key of a contender in its folder.
  var suffix: String { fraction == 1 ? "" : "/share-\(percent)" }
  /// What follows its name.
  var words: String { fraction == 1 ? "" : " on \(text) of the training data" }
}
