import TensorCore

/// Training, validation and test clips, no group in more than one of them.
public struct GroupSplit: Equatable, Sendable {
  public let training: [Int]
  public let validation: [Int]
  public let test: [Int]

  /// Shuffles the groups and deals them out: first training, then validation, and the rest for the test; each
  /// part gets at least one group.
  ///
  /// - Throws: ``DataError`` if fractions do not leave something for each part, there are fewer than three
  ///   groups, or a class is absent from training.
  public init(
    of clips: LabeledClips, trainFraction: Double = 0.6, validationFraction: Double = 0.2, seed: UInt64
  ) throws {
    guard trainFraction > 0, validationFraction > 0, trainFraction + validationFraction < 1 else {
      throw DataError(
        .invalidOption, expected: "positive fractions that leave something for the test",
        received: "\(trainFraction) and \(validationFraction)", remedy: "Choose for example 0.6 and 0.2.")
    }
    var seen: Set<Int> = []
    let groups = clips.groups.filter { seen.insert($0).inserted }
    guard groups.count >= 3 else {
      throw DataError(
        .tooFewFrames, expected: "three groups or more to split", received: "\(groups.count)",
        remedy: "Clips of one group stay together: give different films different groups.")
    }
    var random = RandomStream(seed: seed).substream("groups")
    let shuffled = random.permutation(groups.count).map { groups[$0] }
    let total = Double(groups.count)
    let trainCount = min(max(1, Int((trainFraction * total).rounded())), groups.count - 2)
    let validationCount = min(
      max(1, Int((validationFraction * total).rounded())), groups.count - trainCount - 1)
    let inTraining = Set(shuffled.prefix(trainCount))
    let inValidation = Set(shuffled.dropFirst(trainCount).prefix(validationCount))
    training = clips.groups.indices.filter { inTraining.contains(clips.groups[$0]) }
    validation = clips.groups.indices.filter { inValidation.contains(clips.groups[$0]) }
    test = clips.groups.indices.filter {
      !inTraining.contains(clips.groups[$0]) && !inValidation.contains(clips.groups[$0])
    }
    let trained = Set(training.map { clips.labels[$0] })
    if let absent = Set(clips.labels).subtracting(trained).min() {
      throw DataError(
        .badValue, expected: "every class in the training part",
        received: "none of “\(clips.classNames[absent])”",
        remedy: "Use another seed, a larger training part, or more groups of that class.")
    }
  }
}
