import TensorCore

/// The parts of a cross-validation: all clips of a group are in one part.
package struct GroupFolds {
  package static let most = 5

  /// The part of each clip.
  package let parts: [Int]
  package let count: Int

  /// Deals the groups out, those of the rarest class first, each to the part with the fewest clips of that class.
  ///
  /// nil with fewer than two groups, or where a class is in one group only: no classifier could learn it from others.
  package init?(labels: [Int], groups: [Int], seed: UInt64) {
    var members: [Int: [Int]] = [:]
    for (index, group) in groups.enumerated() { members[group, default: []].append(index) }
    var groupsOf: [Int: Set<Int>] = [:]
    for (label, group) in zip(labels, groups) { groupsOf[label, default: []].insert(group) }
    guard members.count >= 2, groupsOf.values.allSatisfy({ $0.count >= 2 }) else { return nil }
    count = min(Self.most, members.count)
    var random = RandomStream(seed: seed).substream("folds")
    var parts = [Int](repeating: -1, count: labels.count)
    var sizes = [Int](repeating: 0, count: count)
    let rarestFirst = groupsOf.sorted { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
    for (label, owners) in rarestFirst {
      // Of a class those parts come first that have least of it, then the smallest ones.
      var own = [Int](repeating: 0, count: count)
      for (index, part) in parts.enumerated() where part >= 0 && labels[index] == label { own[part] += 1 }
      let sorted = owners.sorted()
      for place in random.permutation(sorted.count) {
        let indices = members[sorted[place]] ?? []
        guard let first = indices.first, parts[first] < 0 else { continue }
        let part = sizes.indices.min { (own[$0], sizes[$0]) < (own[$1], sizes[$1]) } ?? 0
        for index in indices { parts[index] = part }
        own[part] += indices.count { labels[$0] == label }
        sizes[part] += indices.count
      }
    }
    self.parts = parts
  }
}
