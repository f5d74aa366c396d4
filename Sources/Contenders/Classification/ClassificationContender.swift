import Layers

/// An architecture that classifies clips.
public protocol ClassificationContender: Contender {
  /// One vector a clip, `[batch, features]`, from frames `[batch, frames, height, width, channels]`; a dense layer with
  /// a softmax makes probabilities of it.
  ///
  /// - Parameters:
  ///   - clip: The clips, standardised.
  ///   - signature: What goes in and comes out.
  ///   - width: The size of the model, by which budgets are matched.
  /// - Throws: `ShapeError` for frames of a size that it cannot take.
  func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor

  /// The model in a line.
  func summary(_ signature: ClassificationSignature, width: Int) -> String

  /// Where a report looks into the model; none by default.
  func probes(_ signature: ClassificationSignature) -> [LayerProbe]
}

extension ClassificationContender {
  public func probes(_ signature: ClassificationSignature) -> [LayerProbe] { [] }
}
