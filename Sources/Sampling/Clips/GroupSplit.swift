import Readers
import TensorCore

/// Training, validation and test clips, no group in more than one of them.
public struct GroupSplit: Equatable, Sendable {
  public let training: [Int]
  public let validation: [Int]
  public let test: [Int]

  /// Shuffles the groups and deals them out until each part has its share of the clips: first training, then
  /// validation, and the rest for the test; each part gets at least one group. Where every group is of one class
  /// and each class has three groups or more, each class is dealt out by itself, so that no part is without it.
  ///
  /// - Throws: `DataError` if fractions do not leave something for each part, there are fewer than three
  ///   groups, or a class is absent from training.
  public init(
    of clips: LabeledClips, trainFraction: Double = 0.6, validationFraction: Double = 0.2, seed: UInt64
  ) throws {
    guard trainFraction > 0, validationFraction > 0, trainFraction + validationFraction < 1 else {
      throw DataError(
        .invalidOption, expected: "positive fractions that leave something for the test",
        received: "\(trainFraction) and \(validationFraction)", remedy: "Choose for example 0.6 and 0.2.")
    }
    let groups = Self.groups(clips)
    guard groups.count >= 3 else {
      throw DataError(
        .tooFewFrames, expected: "three groups or more to split", received: "\(groups.count)",
        remedy: "Clips of one group stay together: give different films different groups.")
    }
    var random = RandomStream(seed: seed).substream("groups")
    var part: [Int: Int] = [:]
    for stratum in Self.strata(groups) {
      let order = random.permutation(stratum.count).map { stratum[$0] }
      for (group, number) in Self.deal(order, [trainFraction, validationFraction]) { part[group] = number }
    }
    func clipsOf(_ number: Int) -> [Int] { clips.groups.indices.filter { part[clips.groups[$0]] == number } }
    (training, validation, test) = (clipsOf(0), clipsOf(1), clipsOf(2))
    let trained = Set(training.map { clips.labels[$0] })
    if let absent = Set(clips.labels).subtracting(trained).min() {
      throw DataError(
        .badValue, expected: "every class in the training part",
        received: "none of “\(clips.classNames[absent])”",
        remedy: "Use another seed, a larger training part, or more groups of that class.")
    }
  }

  private struct Group {
    let number: Int
    var clips = 0
    var classes: Set<Int> = []
  }

  /// The groups in the order in which they first occur.
  private static func groups(_ clips: LabeledClips) -> [Group] {
    var groups: [Group] = []
    var place: [Int: Int] = [:]
    for (group, label) in zip(clips.groups, clips.labels) {
      let index = place[group, default: groups.count]
      if index == groups.count {
        place[group] = index
        groups.append(Group(number: group))
      }
      groups[index].clips += 1
      groups[index].classes.insert(label)
    }
    return groups
  }

  /// The groups of each class, where no group has two classes and each class suffices for all parts; else all together.
  private static func strata(_ groups: [Group]) -> [[Group]] {
    let byClass = Dictionary(grouping: groups) { $0.classes.min() ?? 0 }
    guard groups.allSatisfy({ $0.classes.count == 1 }), byClass.values.allSatisfy({ $0.count >= 3 })
    else { return [groups] }
    return byClass.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The part of each group: a part takes groups in their order up to the one whose middle lies beyond its share of
  /// the clips, and leaves one for each part that follows.
  private static func deal(_ order: [Group], _ fractions: [Double]) -> [(group: Int, part: Int)] {
    let total = Double(order.reduce(0) { $0 + $1.clips })
    var dealt: [(group: Int, part: Int)] = []
    var rest = order[...]
    for (part, fraction) in fractions.enumerated() {
      let partsToCome = fractions.count - part
      var taken = 0.0
      while let next = rest.first, rest.count > partsToCome,
        taken == 0 || taken + Double(next.clips) / 2 <= fraction * total
      {
        taken += Double(next.clips)
        dealt.append((next.number, part))
        rest.removeFirst()
      }
    }
    return dealt + rest.map { ($0.number, fractions.count) }
  }
}
