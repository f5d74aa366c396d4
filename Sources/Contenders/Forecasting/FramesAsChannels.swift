import Layers

extension SymbolicTensor {
  /// All frames side by side as channels, for frames of any size: `[batch, time, height, width, channels]` becomes
  /// `[batch, height, width, time · channels]`, the first frame's channels first.
  ///
  /// - Throws: `ShapeError` for something else than a sequence of maps.
  func framesAsChannels(name: String) throws -> SymbolicTensor {
    let pixels = try Permute(dims: [2, 3, 1, 4])(self, name: name + "_times_last")
    return try TimeDistributed(TimeDistributed(Flatten()))(pixels, name: name)
  }

  /// The inverse: `[batch, height, width, count · channels]` becomes `[batch, count, height, width, channels]`.
  ///
  /// - Throws: `ShapeError` if `count` does not divide the channels.
  func channelsAsFrames(_ count: Int, name: String) throws -> SymbolicTensor {
    let times = Reshape(targetShape: [count, -1])
    let pixels = try TimeDistributed(TimeDistributed(times))(self, name: name + "_times_last")
    return try Permute(dims: [3, 1, 2, 4])(pixels, name: name)
  }
}
