import CKernels

/// The precision in which convolutions and matrix products multiply, and in which a training step keeps activations.
///
/// Parameters, sums, gradients and optimizers are float32 in either case, and so are model files. With `bfloat16`
///
/// - both operands of a product are rounded to 8 bits of precision, to nearest and ties to even (D. Kalamkar et al.
///   2019, "A study of BFLOAT16 for deep learning training"); products and sums are float32;
/// - hidden states of an LSTM or ConvLSTM are such numbers, its cells stay float32 from step to step;
/// - what convolutions, products and these layers keep for their gradient takes 16 bits a value.
///
/// Recurrent layers that go step by step (other cells, and with masks, recurrent dropout, peepholes or layer
/// normalisation) consist of ordinary operations: the products are rounded, states and gates are not.
///
/// The product of two bfloat16 numbers is exact in float32, so float32 instructions give what bfloat16 ones would;
/// which of them compute is a question of speed alone (see ``Instructions``). A gradient is to be taken under the
/// precision of its forward pass.
public enum Precision: String, Sendable, CaseIterable, Codable {
  case float32
  case bfloat16

  @TaskLocal private static var chosen = Precision.float32

  /// What is in force in this task.
  public static var use: Precision { chosen }

  /// Runs `body` with another choice, in this task only. A `Trainer` goes by its plan instead.
  public static func using<Result>(_ use: Precision, _ body: () throws -> Result) rethrows -> Result {
    try $chosen.withValue(use, operation: body)
  }

  // MARK: Instructions

  /// Whether oneDNN's bfloat16 convolutions do the work that Winograd convolutions leave.
  public enum Instructions: Sendable, CaseIterable {
    /// With tiles of bfloat16 (AMX). Measured on a processor with AVX512_BF16 alone, they take about twice as long
    /// as float32 ones.
    case whereFaster
    /// With AVX512_BF16, for tests and measurements.
    case wherePossible
    /// Never: float32 instructions on rounded operands.
    case never
  }

  @TaskLocal private static var instructions = Instructions.whereFaster

  /// Runs `body` with another choice of instructions, in this task only.
  public static func using<Result>(
    _ use: Instructions, _ body: () throws -> Result
  ) rethrows -> Result { try $instructions.withValue(use, operation: body) }

  /// Whether the processor multiplies numbers of this precision by itself.
  public var isNative: Bool { self == .float32 || squall_has_bfloat16() }

  /// Whether oneDNN is asked for a bfloat16 convolution.
  static var takesInstructions: Bool {
    guard use == .bfloat16 else { return false }
    switch instructions {
    case .whereFaster: return squall_has_bfloat16_tiles()
    case .wherePossible: return squall_has_bfloat16()
    case .never: return false
    }
  }

  /// What this precision comes to on this processor, in a line; `nil` for float32.
  public var explanation: String? {
    guard self == .bfloat16 else { return nil }
    let kept =
      "bfloat16: activations are kept in 16 bits, operands of products rounded to 8 bits of precision; "
    if squall_has_bfloat16_tiles() {
      return kept + "the processor's own instructions (AMX) multiply where Winograd convolutions do not"
    }
    if isNative {
      return kept + "float32 instructions multiply, which are faster here than the processor's AVX512_BF16"
    }
    return kept + "float32 instructions multiply, as this processor has none for bfloat16 (AVX512_BF16): "
      + "the same numbers and the same memory, but no gain in speed"
  }
}
