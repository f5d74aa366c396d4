import TensorCore

/// The parts of a cross-validation: all clips of a group are in one part.
struct GroupFolds {
  static let most = 5

  /// The part of each clip.
  let parts: [Int]
  let count: Int

  /// Deals the groups out, class by class where every group has one class, each to the part with the fewest clips.
  ///
  /// nil with fewer than two groups, or where a class is in one group only: no classifier could learn it from others.
  init?(labels: [Int], groups: [Int], seed: UInt64) {
    var members: [Int: [Int]] = [:]
    for (index, group) in groups.enumerated() { members[group, default: []].append(index) }
    var groupsOf: [Int: Set<Int>] = [:]
    for (label, group) in zip(labels, groups) { groupsOf[label, default: []].insert(group) }
    let fewest = groupsOf.values.map(\.count).min() ?? 0
    guard members.count >= 2, fewest >= 2 else { return nil }
    let isPure = members.values.allSatisfy { Set($0.map { labels[$0] }).count == 1 }
    count = min(Self.most, isPure ? fewest : min(members.count, max(fewest, 2)))
    var random = RandomStream(seed: seed).substream("folds")
    let strata =
      isPure
      ? groupsOf.sorted { $0.key < $1.key }.map { $0.value.sorted() } : [members.keys.sorted()]
    var parts = [Int](repeating: 0, count: labels.count)
    for stratum in strata {
      var sizes = [Int](repeating: 0, count: count)
      let order = random.permutation(stratum.count).map { stratum[$0] }
      for group in order {
        let part = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
        for index in members[group] ?? [] { parts[index] = part }
        sizes[part] += members[group]?.count ?? 0
      }
    }
    self.parts = parts
  }
}
