import Synchronization

/// Whether a training step keeps what an LSTM or ConvLSTM went through, or computes it once more in the backward pass.
///
/// Kept are for each step four gates, the cell and the hidden state: 6 T states for T steps. Recomputed over time
/// (T. Chen et al. 2016, "Training deep nets with sublinear memory cost"), only the states at the beginning of
/// segments of L steps are kept, and one segment at a time is gone through again: 2 T / L + 6 L states, least for
/// L = √(T / 3). The price is one more forward pass of these layers (a third more time was measured). Gradients
/// are those of the stored pass but for the order of their sums, and in ``Precision/bfloat16`` for the cells
/// between segments, which are not rounded.
public enum Recomputation: String, Sendable, CaseIterable {
  /// Everything is kept.
  case never
  /// Segments of about √(T / 3) steps.
  case overTime = "over-time"

  @TaskLocal private static var chosen: Recomputation?
  private static let standard = Mutex(Recomputation.never)

  /// What is in force: what `using` chose for this task, else what holds for the whole process.
  public static var use: Recomputation { chosen ?? standard.withLock { $0 } }

  /// Sets what holds for the whole process. To be called at its start, before anything is computed.
  public static func useEverywhere(_ use: Recomputation) { standard.withLock { $0 = use } }

  /// Runs `body` with another choice, in this task only. It counts where the forward pass runs.
  public static func using<Result>(_ use: Recomputation, _ body: () throws -> Result) rethrows -> Result {
    try $chosen.withValue(use, operation: body)
  }

  /// Steps of a segment of a sequence of `time` steps.
  static func segmentLength(_ time: Int) -> Int { max(2, Int((Double(time) / 3).squareRoot().rounded())) }
}
