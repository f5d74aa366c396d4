import TensorCore

/// Which elements of a loss count, and how much.
struct ElementCount {
  /// 1 valid, 0 missing; `nil`: everything is valid.
  var mask: Tensor?
  /// By what the loss of each element is multiplied; `nil`: by 1.
  var weights: Tensor?

  /// Checks both against the shape of the loss's elements.
  func require(_ loss: String, _ elements: Shape) throws {
    if let mask { try Self.require(loss, "a mask", mask.shape, toHave: elements) }
    if let weights { try Self.require(loss, "weights", weights.shape, toHave: elements) }
  }

  static func require(_ loss: String, _ what: String, _ shape: Shape, toHave expected: Shape) throws {
    guard shape != expected else { return }
    throw ShapeError(
      shape.rank == expected.rank ? .wrongLength : .wrongRank, in: loss,
      expected: "\(what) of shape \(expected)", received: "\(shape)",
      remedy: "Reshape it, or let the model end in what is to be predicted.")
  }
}
