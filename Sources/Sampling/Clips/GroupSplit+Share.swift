import Readers
import TensorCore

extension GroupSplit {
  /// A share of the training clips of each class, at least one of each; it is part of every larger share.
  ///
  /// Groups come in an order drawn once, so that clips of a group stay together but for one group of each class.
  ///
  /// - Throws: `DataError` for a share out of range.
  package func trainingShare(_ share: Double, of clips: LabeledClips, seed: UInt64) throws -> [Int] {
    guard share > 0, share <= 1 else {
      throw DataError(
        .invalidOption, expected: "a share of the training clips above 0 and up to 1", received: "\(share)",
        remedy: "Choose for example 0.5.")
    }
    let groups = Set(training.map { clips.groups[$0] }).sorted()
    var random = RandomStream(seed: seed).substream("training share")
    let order = random.permutation(groups.count)
    let place = Dictionary(uniqueKeysWithValues: zip(order, groups).map { ($1, $0) })
    let byClass = Dictionary(grouping: training) { clips.labels[$0] }
    return byClass.values.flatMap { members in
      members.sorted { (place[clips.groups[$0]] ?? 0, $0) < (place[clips.groups[$1]] ?? 0, $1) }
        .prefix(max(1, Int((share * Double(members.count)).rounded())))
    }.sorted()
  }
}
