import Readers
import TensorCore

extension WindowIndex {
  /// From so many events on a share is made of whole ones.
  static let fewestEvents = 4

  /// A share of the windows that is part of every larger share.
  ///
  /// Of four events or more it is made of whole events, in an order drawn once. Of fewer it is the last part in time, so
  /// that whatever the share the training part ends at the same distance from the test.
  ///
  /// - Parameters:
  ///   - share: Above 0 and up to 1.
  ///   - events: The frames of each event.
  ///   - seed: What the order of events depends on.
  /// - Throws: `DataError` for a share out of range.
  public func nestedShare(_ share: Double, events: [Range<Int>], seed: UInt64) throws -> WindowIndex {
    guard share > 0, share <= 1 else {
      throw DataError(
        .invalidOption, expected: "a share of the training part above 0 and up to 1", received: "\(share)",
        remedy: "Choose for example 0.5.")
    }
    guard share < 1 else { return self }
    let parts = events.map { event in starts.filter { event.contains($0) } }.filter { !$0.isEmpty }
    guard parts.count >= Self.fewestEvents else {
      return keeping(Set(starts.suffix(max(1, Int((share * Double(count)).rounded())))))
    }
    var random = RandomStream(seed: seed).substream("training share")
    let order = random.permutation(parts.count)
    let taken = max(1, Int((share * Double(parts.count)).rounded()))
    return keeping(Set(order.prefix(taken).flatMap { parts[$0] }))
  }
}
