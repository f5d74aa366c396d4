/// How a score follows from the pooled sums of ``BlockScores``.
public struct PooledScore: Sendable {
  /// The name as a report prints it.
  public let name: String
  /// Which side of a difference is the better one.
  public let higherIsBetter: Bool
  /// How many sums it needs.
  public let statistics: Int
  /// The score of pooled sums; nil where it is undefined.
  public let value: @Sendable ([Double]) -> Double?

  public init(
    name: String, higherIsBetter: Bool, statistics: Int, value: @escaping @Sendable ([Double]) -> Double?
  ) {
    self.name = name
    self.higherIsBetter = higherIsBetter
    self.statistics = statistics
    self.value = value
  }

  /// A score of the sums [hits, misses, falseAlarms, correctNegatives]; see
  /// ``BlockScores/init(tables:)``. The frequency bias has no better side of its own: above 1 is too often.
  public static func categorical(_ score: CategoricalScore) -> PooledScore {
    PooledScore(name: score.rawValue.uppercased(), higherIsBetter: score != .far, statistics: 4) { sums in
      ContingencyTable(
        threshold: 0, hits: Int(sums[0]), misses: Int(sums[1]), falseAlarms: Int(sums[2]),
        correctNegatives: Int(sums[3])
      ).value(of: score)
    }
  }

  /// Mean squared error of the sums [pixels, Σe, Σ|e|, Σe²]; see ``BlockScores/init(errors:)``.
  public static let mse = PooledScore(name: "MSE", higherIsBetter: false, statistics: 4) {
    ratio($0[3], $0[0])
  }
  /// Mean absolute error of the sums [pixels, Σe, Σ|e|, Σe²].
  public static let mae = PooledScore(name: "MAE", higherIsBetter: false, statistics: 4) {
    ratio($0[2], $0[0])
  }
  /// Root mean squared error of the sums [pixels, Σe, Σ|e|, Σe²].
  public static let rmse = PooledScore(name: "RMSE", higherIsBetter: false, statistics: 4) {
    ratio($0[3], $0[0]).map { $0.squareRoot() }
  }
  /// The share of right answers of the sums [right, total]; see ``BlockScores/init(shares:)``. With one block
  /// a clip or group of clips this is the accuracy.
  public static let share = PooledScore(name: "accuracy", higherIsBetter: true, statistics: 2) {
    ratio($0[0], $0[1])
  }

  /// A score of the pooled confusion matrix; see ``BlockScores/init(matrices:)``.
  public static func classification(_ score: ClassificationScore, classes: Int) -> PooledScore {
    PooledScore(name: score.name, higherIsBetter: true, statistics: classes * classes + classes) { sums in
      ConfusionMatrix(sums: sums, classes: classes).value(of: score)
    }
  }
}
