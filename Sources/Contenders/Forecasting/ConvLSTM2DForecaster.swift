import Layers

/// ConvLSTM2D as a forecaster: the encoder–forecaster of Shi et al. (2015), two layers that read and two that write.
///
/// The width is the number of filters of each ConvLSTM. Any height and width that the patches divide will do.
public struct ConvLSTM2DForecaster: EncoderForecaster {
  public static let name = "convlstm2d"
  public static let displayName = "ConvLSTM2D"

  public static let searchSpace = SearchSpace(options: [.init("kernel", [3, 5])])

  /// Side of the patches that become channels; `nil` for 4, or 2 on frames of less than 64 pixels.
  public var patchSize: Int?
  /// Kernel size inside the ConvLSTM.
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

  public func recurrence(filters: Int, returnState: Bool) -> ConvLSTM2D {
    ConvLSTM2D(
      filters: filters, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, returnSequences: true,
      returnState: returnState)
  }
}
