import Layers

extension ClassificationSignature {
  /// Each frame through `[Conv2D, ReLU, MaxPool] × stages`, then to a vector: `[batch, frames, features]`. What
  /// Conv2D + LSTM and the contenders without recurrence share.
  ///
  /// - Throws: `ShapeError` if the frames are too small for the stages.
  public func frameVectors(_ clip: SymbolicTensor, head: ClassificationHead) throws -> SymbolicTensor {
    var maps = clip
    for stage in 0..<stages {
      let convolution = Conv2D(
        filters: min(8 << stage, 32), kernelSize: 3, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: "conv_\(stage + 1)")
      maps = try TimeDistributed(MaxPooling2D())(maps, name: "pool_\(stage + 1)")
    }
    return try head.vectorOfEachFrame(maps, name: "vectors")
  }
}
