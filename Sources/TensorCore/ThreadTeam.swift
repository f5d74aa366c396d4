/// The one team of threads on which all loops run.
public enum ThreadTeam {
  /// Calls `body` with pieces of `0 ..< count` that together cover it, each at least `grain` long where
  /// possible. Pieces depend only on the count, the grain and the number of threads.
  public static func forEach(count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
    if count > 0 { body(0..<count) }
  }
}
