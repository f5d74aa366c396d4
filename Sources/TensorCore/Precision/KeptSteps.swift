import CKernels

/// What a recurrent loop keeps of all its steps, time-major, `each` values a step: in float32 in place, in bfloat16
/// narrowed after each step and widened in the backward pass.
///
/// Written before it is handed out, and after that by nobody but a gradient that uses it up.
struct KeptSteps: Sendable {
  private let storage: Storage
  private let each: Int
  /// Whether values take 16 bits.
  let isNarrow: Bool

  init(steps: Int, each: Int) {
    self.each = each
    isNarrow = Precision.use == .bfloat16
    storage = isNarrow ? Storage(halves: steps * each) : Storage(count: steps * each)
  }

  /// Where a step's values lie in float32; not for narrow ones.
  func place(_ step: Int) -> UnsafeMutablePointer<Float> {
    precondition(!isNarrow, "narrow values have no place in float32")
    return storage.address + step * each
  }

  /// Where a step's values lie in 16 bits.
  func halves(_ step: Int) -> UnsafeMutablePointer<UInt16> {
    precondition(isNarrow, "whole values have no place in 16 bits")
    return storage.halves + step * each
  }

  /// Where a step's values begin, whatever they are.
  func bytes(_ step: Int) -> UnsafeMutableRawPointer {
    isNarrow ? UnsafeMutableRawPointer(halves(step)) : UnsafeMutableRawPointer(place(step))
  }

  /// Keeps a step's values in 16 bits.
  func keep(_ step: Int, _ values: UnsafePointer<Float>) {
    squall_to_bfloat16(values, halves(step), Int64(each))
  }

  /// A step's values: in place, or widened into `space`.
  func values(_ step: Int, _ space: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    guard isNarrow else { return place(step) }
    squall_from_bfloat16(halves(step), space, Int64(each))
    return space
  }
}
