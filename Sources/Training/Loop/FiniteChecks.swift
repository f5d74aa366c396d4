import TensorCore

extension Tensor {
  /// Whether no value is NaN or infinite.
  var isFinite: Bool {
    withUnsafeValues { values in
      // An integer reduction, which the compiler turns into vector code: the exponent bits are all ones.
      var found: UInt32 = 0
      for value in values { found |= value.bitPattern & 0x7f80_0000 == 0x7f80_0000 ? 1 : 0 }
      return found == 0
    }
  }

  /// The same for the values where `mask` is not 0.
  func isFinite(where mask: Tensor?) -> Bool {
    guard let mask, mask.count > 0, count % mask.count == 0 else { return isFinite }
    let stride = count / mask.count
    return withUnsafeValues { values in
      mask.withUnsafeValues { mask in
        values.indices.allSatisfy { mask[$0 / stride] == 0 || values[$0].isFinite }
      }
    }
  }
}
