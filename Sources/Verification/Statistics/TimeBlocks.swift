/// Blocks of time inside one event: windows that start near one another are drawn together, because they
/// share frames and weather.
///
/// A block should be at least as long as a window (input and forecast): shorter ones depend on one another
/// and make intervals too narrow. Even so, blocks of one event say nothing about other events.
public struct TimeBlocks: Codable, Hashable, Sendable {
  /// The length of a block in minutes (or frames; the unit of the times).
  public let length: Double
  /// The start of the first block.
  public let origin: Double

  /// - Throws: ``VerificationError`` for a length that is not positive.
  public init(length: Double, origin: Double = 0) throws(VerificationError) {
    guard length > 0, length.isFinite, origin.isFinite else {
      throw VerificationError(
        expected: "a positive length of the blocks", received: "\(length)",
        remedy: "Take at least the length of a window.")
    }
    self.length = length
    self.origin = origin
  }

  /// The number of the block that a time falls into.
  public func block(of time: Double) -> Int { Int(((time - origin) / length).rounded(.down)) }

  /// A label for ``BlockScores``, unique for event and block.
  public func label(event: String = "", time: Double) -> String {
    event.isEmpty ? "block \(block(of: time))" : "\(event), block \(block(of: time))"
  }
}
