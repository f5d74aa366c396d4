import CKernels

/// A dense float32 array with value semantics, row-major, 64-byte aligned.
///
/// Operations live in one file per family. A tensor that takes part in a differentiation carries a link to the
/// tape (see the `Autodiff` module); in inference the link is `nil` and nothing is kept.
public struct Tensor: Sendable {
  /// The lengths of the axes.
  public private(set) var shape: Shape
  private(set) var storage: Storage
  /// Where the tape recorded this value, if it did.
  package var tape: TapeLink?

  /// A tensor over storage that its maker has filled and never writes again.
  init(shape: Shape, storage: Storage, tape: TapeLink? = nil) {
    require(
      shape.isValid && shape.count == storage.count,
      "expected a shape of \(storage.count) values; found \(shape)")
    self.shape = shape
    self.storage = storage
    self.tape = tape
  }

  /// A tensor whose values `body` writes, every one of them, into memory that is not yet initialised.
  public init(
    shape: Shape, initializedBy body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    require(shape.isValid, "expected axes of length 0 or more; found the shape \(shape)")
    let storage = Storage(count: shape.count)
    try body(UnsafeMutableBufferPointer(start: storage.address, count: shape.count))
    self.init(shape: shape, storage: storage)
  }

  /// A tensor from its values in row-major order. The number of values must be that of the shape.
  public init(_ values: [Float], shape: Shape) {
    require(
      values.count == shape.count,
      "expected \(shape.count) values for the shape \(shape); found \(values.count)")
    self.init(shape: shape) { buffer in
      values.withUnsafeBufferPointer { source in _ = buffer.initialize(from: source) }
    }
  }

  /// A scalar.
  public init(_ value: Float) { self.init([value], shape: []) }

  /// A tensor with one value everywhere.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { $0.initialize(repeating: value) }
  }

  /// Zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// Ones.
  public static func ones(_ shape: Shape) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of values.
  public var count: Int { storage.count }

  /// The values in row-major order, copied.
  public var values: [Float] { withUnsafeValues { Array($0) } }

  /// The value of a tensor with exactly one element.
  public var scalar: Float {
    require(count == 1, "expected a tensor of one value; found the shape \(shape)")
    return storage.address[0]
  }

  /// Reads the values in place. The pointer must not leave the closure.
  public func withUnsafeValues<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let storage = storage
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.address, count: storage.count))
  }

  /// Changes the values in place, after copying them if another tensor shares them. The result is a new value
  /// to the tape: its link is dropped.
  public mutating func withUnsafeMutableValues<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    tape = nil
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: storage.count)
      copy.address.initialize(from: storage.address, count: storage.count)
      storage = copy
    } else {
      storage.forgetBFloat16()
    }
    return try body(UnsafeMutableBufferPointer(start: storage.address, count: storage.count))
  }

  /// Makes bfloat16 numbers of the values: in place where nobody else holds them.
  mutating func roundToBFloat16() {
    guard !storage.holdsBFloat16 else { return }
    let target = isKnownUniquelyReferenced(&storage) ? storage : Storage(count: storage.count)
    squall_round_to_bfloat16(storage.address, target.address, Int64(storage.count))
    target.forgetBFloat16()
    target.markAsBFloat16()
    storage = target
    tape = nil
  }

  /// The same values under another shape with as many elements; nothing is copied. Not differentiable: the
  /// tape's `reshaped(to:)` is in `Autodiff`.
  package func viewed(as shape: Shape) -> Tensor {
    require(
      shape.isValid && shape.count == count,
      "expected a shape of \(count) values, as \(self.shape) has; found \(shape)")
    return Tensor(shape: shape, storage: storage)
  }

  /// The same values without a link to the tape.
  public var detached: Tensor { Tensor(shape: shape, storage: storage) }

  /// The same values with a link to the tape.
  package func linked(_ link: TapeLink?) -> Tensor { Tensor(shape: shape, storage: storage, tape: link) }
}

extension Tensor: Equatable {
  /// Same shape and same values (so a NaN makes a tensor unequal to itself).
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    return a.withUnsafeValues { x in b.withUnsafeValues { y in x.elementsEqual(y) } }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor \(shape): \(shown)\(count > 8 ? ", …" : "")"
  }
}
