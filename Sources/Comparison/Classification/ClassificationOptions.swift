/// What a comparison of classifiers is asked to do.
public struct ClassificationOptions: Sendable {
  /// Parameters of each family, matched within 3%.
  public var parameters = 40_000
  public var epochs = 20
  public var batchSize = 16
  public var learningRate: Float = 2e-3
  /// Training of a family stops after so many epochs without a better validation loss.
  public var patience = 6
  public var maximumSeconds: Double? = nil
  public var seed: UInt64 = 1

  public init() {}
}
