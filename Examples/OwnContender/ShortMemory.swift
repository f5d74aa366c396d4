import Squall

/// A forecaster of one's own: one ConvLSTM2D reads the frames, and a convolution makes all leads of what it remembers.
struct ShortMemory: ForecastContender {
  static let name = "short-memory"
  static let displayName = "Short memory"
  var kernel = 3

  init(options: inout ContenderOptions) throws {
    kernel = try options.integer("kernel", in: 1...9) ?? 3
  }

  func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    let leads = signature.forecastFrames
    let memory = try ConvLSTM2D(filters: width, kernelSize: 3, padding: .same)(frames)
    let channels = try Conv2D(filters: leads, kernelSize: 3, padding: .same)(memory)
    let maps = try Reshape(targetShape: [leads, signature.height, signature.width, 1])(
      Permute(dims: [3, 1, 2])(channels))
    let seen = try guidance.map { try Concatenate()([maps, $0])[0] } ?? maps
    let head = Conv2D(filters: 1, kernelSize: Extent([kernel, kernel]), padding: .same)
    return try TimeDistributed(head)(seen, name: signature.headName)
  }

  func summary(_ signature: ForecastSignature, width: Int) -> String {
    "a ConvLSTM2D of \(width) filters, all frames at once by a convolution"
  }
}
