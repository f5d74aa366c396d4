import TensorCore

extension Layer {
  /// Checks the rank of an input and that no axis is empty.
  func requireRank(_ rank: Int, _ shape: SymbolicShape, axes: String) throws {
    guard shape.rank == rank else {
      throw ShapeError(
        .wrongRank, in: Self.typeName, expected: "an input of rank \(rank), \(axes)",
        received: "rank \(shape.rank), \(shape)",
        remedy: "Add or remove axes; a sequence of images is [batch, time, height, width, channels].")
    }
    try requireNonEmpty(shape)
  }

  /// Checks that no axis is empty.
  func requireNonEmpty(_ shape: SymbolicShape) throws {
    guard shape.dimensions.allSatisfy({ $0 ?? 1 > 0 }) else {
      throw ShapeError(
        .emptyDimension, in: Self.typeName, expected: "axes of at least one element",
        received: "\(shape)", remedy: "Check how the input was cut: one axis has no elements.")
    }
  }

  /// The channels of an input, which must be known when a layer is built, and must match if it has been.
  func requireChannels(_ shape: SymbolicShape, built kernel: Tensor? = nil) throws -> Int {
    guard let channels = shape[-1] else {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "a known number of channels (last axis)",
        received: "\(shape)", remedy: "Give the last axis of the model's input a length.")
    }
    if let kernel, kernel.shape != [0], kernel.shape[-2] != channels {
      throw ShapeError(
        .wrongChannels, in: Self.typeName, expected: "\(kernel.shape[-2]) channels (last axis)",
        received: "\(channels) in \(shape)",
        remedy: "Feed as many channels as the layer was built for, or build it anew.")
    }
    return channels
  }

  /// Checks an option that must be positive.
  func requirePositive(_ option: String, _ values: [Int]) throws {
    guard !values.isEmpty, values.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(
        .invalidOption, in: Self.typeName, expected: "\(option) of at least 1", received: "\(values)",
        remedy: "Give a positive \(option).")
    }
  }
}
