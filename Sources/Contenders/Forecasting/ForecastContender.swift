import Layers

/// An architecture that forecasts frames.
///
/// It builds the part between the frames and what is added to the background; inputs, residual and decoding are the
/// business of ``ForecastSignature``.
public protocol ForecastContender: Contender {
  /// The ways of forecasting several frames that it knows; the first is its own choice.
  var decodings: [ForecastDecoding] { get }

  /// Frames `[batch, forecastFrames, height, width, 1]` from `[batch, inputFrames, height, width, channels]`.
  ///
  /// - Parameters:
  ///   - frames: The observed frames.
  ///   - guidance: What the decoder reads at each lead time, `[batch, forecastFrames, height, width, n]`:
  ///     motion-extrapolated frames, with autoregressive decoding the frame before, or both; `nil` without either.
  ///   - signature: What goes in and comes out.
  ///   - width: The size of the model, by which budgets are matched.
  /// - Throws: `ShapeError` for frames of a size that it cannot take.
  func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor

  /// The model in a line.
  func summary(_ signature: ForecastSignature, width: Int) -> String

  /// The same with every option that follows from the size of the frames stated, so that frames of another size get the
  /// same architecture; itself by default.
  func settled(for signature: ForecastSignature) -> Self

  /// Where a report looks into the model; none by default.
  func probes(_ signature: ForecastSignature) -> [LayerProbe]
}

extension ForecastContender {
  public var decodings: [ForecastDecoding] { [.direct] }
  public func settled(for signature: ForecastSignature) -> Self { self }
  public func probes(_ signature: ForecastSignature) -> [LayerProbe] { [] }
}
