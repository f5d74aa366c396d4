import CKernels

extension Precision {
  /// The nearest number that bfloat16 holds, ties to even; NaN stays NaN.
  static func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    let nearest = x.isNaN ? bits | 0x0040_0000 : bits &+ 0x7fff &+ (bits >> 16 & 1)
    return Float(bitPattern: nearest & 0xffff_0000)
  }

  /// An operand of a plain twin, as the precision in force wants it.
  @usableFromInline
  static func operand<S: PlainScalar>(_ values: [S]) -> [S] {
    use == .float32 ? values : values.map { S(rounded(Float($0))) }
  }

  /// An operand of a product, as the precision in force wants it.
  static func operand(_ tensor: Tensor) -> Tensor {
    use == .float32 ? tensor : Tensor(shape: tensor.shape, storage: rounded(tensor))
  }

  private static func rounded(_ tensor: Tensor) -> Storage {
    withExtendedLifetime(tensor) { rounded(tensor.storage.address, count: tensor.count) }
  }

  /// A rounded copy of `count` values.
  static func rounded(_ x: UnsafePointer<Float>, count: Int) -> Storage {
    let copy = Storage(count: count)
    squall_round_to_bfloat16(x, copy.address, Int64(count))
    return copy
  }

  /// Rounds values where they are: `rows` times `count` of them, `stride` apart.
  static func round(_ x: UnsafeMutablePointer<Float>, rows: Int = 1, count: Int, stride: Int = 0) {
    for row in 0..<rows { squall_round_to_bfloat16(x + row * stride, x + row * stride, Int64(count)) }
  }
}
