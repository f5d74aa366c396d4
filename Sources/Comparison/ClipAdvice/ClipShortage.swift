import Readers

/// What clips lack for any advice.
package struct ClipShortage: Error, Hashable, Sendable {
  /// A sentence: what is there, and what to add.
  package let text: String

  static func check(_ clips: LabeledClips) throws(ClipShortage) {
    let labels = Set(clips.labels)
    let groups = Set(clips.groups).count
    if labels.count < 2 {
      throw ClipShortage(
        text: "Expected clips of two classes or more; found \(clips.count) of "
          + "“\(clips.classNames[clips.labels[0]])”; try adding clips of another class.")
    }
    if groups < 2 {
      throw ClipShortage(
        text:
          "Expected two groups of clips or more; found one with \(clips.count) clips; try --group-pattern to say which "
          + "clips come from one film, or add others.")
    }
    var groupsOf: [Int: Set<Int>] = [:]
    for (label, group) in zip(clips.labels, clips.groups) { groupsOf[label, default: []].insert(group) }
    if groupsOf.values.contains(where: { $0.count < 2 }) { throw oneGroup(clips) }
    let clipsOf = Dictionary(grouping: clips.labels) { $0 }.mapValues(\.count)
    if let (label, count) = clipsOf.sorted(by: { $0.key < $1.key }).first(where: { $0.value < 4 }) {
      throw ClipShortage(
        text:
          "Expected four clips of each class or more; found \(count) of “\(clips.classNames[label])”; try adding "
          + "clips.")
    }
  }

  /// A class whose clips all come from one group: the group would tell it.
  static func oneGroup(_ clips: LabeledClips) -> ClipShortage {
    var groupsOf: [Int: Set<Int>] = [:]
    for (label, group) in zip(clips.labels, clips.groups) { groupsOf[label, default: []].insert(group) }
    let names = groupsOf.filter { $0.value.count < 2 }.keys.sorted().map { clips.classNames[$0] }
    let listed = names.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
    return ClipShortage(
      text: "Expected two groups or more of every class; found one of \(listed)"
        + (names.count > 3 ? " and \(names.count - 3) more" : "")
        + "; try adding clips from other films: what tells the film apart would count as the class.")
  }
}
