import Layers

/// ConvGRU2D as a forecaster: the encoder–forecaster of ``ConvLSTM2DForecaster`` with convolutional GRUs (Ballas et
/// al. 2016; for rain Shi et al. 2017), which have three gates and one state.
///
/// The width is the number of filters of each ConvGRU. Any height and width that the patches divide will do.
public struct ConvGRU2DForecaster: EncoderForecaster {
  public static let name = "convgru2d"
  public static let displayName = "ConvGRU2D"

  public static let searchSpace = SearchSpace(options: [.init("kernel", [3, 5])])

  /// Side of the patches that become channels; `nil` for 4, or 2 on frames of less than 64 pixels.
  public var patchSize: Int?
  /// Kernel size inside the ConvGRU.
  public var kernelSize = 3

  public init(patchSize: Int? = nil, kernelSize: Int = 3) {
    self.patchSize = patchSize
    self.kernelSize = kernelSize
  }

  /// Options `patch` and `kernel`.
  public init(options: inout ContenderOptions) throws {
    patchSize = try options.integer("patch", in: 1...64)
    kernelSize = try options.integer("kernel", in: 1...31) ?? 3
  }

  public func recurrence(filters: Int, returnState: Bool) -> ConvGRU2D {
    ConvGRU2D(
      filters: filters, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, returnSequences: true,
      returnState: returnState)
  }
}
