import Layers
import TensorCore

/// Conv2D + LSTM as a forecaster: space first, then time.
///
/// Strided convolutions shrink each frame to a vector, an LSTM reads the vectors, a second LSTM starts from its state
/// and writes one vector a forecast step, and a dense layer, then interpolation and convolutions in turn, make a frame of
/// each, without a checkerboard (Odena et al. 2016). The decoder's input is the vector of the last observed frame at every step, or of its guidance (through convolutions of
/// its own).
///
/// The width is the number of units of both LSTMs.
public struct Conv2DLSTMForecaster: ForecastContender {
  public static let name = "conv2d-lstm"
  public static let displayName = "Conv2D + LSTM"

  public static let searchSpace = SearchSpace(options: [.init("stages", [2, 3, 4])])

  /// How often the encoder halves the frame before it is flattened.
  public var stages = 3

  public init(stages: Int = 3) { self.stages = stages }

  /// Option `stages`.
  public init(options: inout ContenderOptions) throws {
    stages = try options.integer("stages", in: 1...6) ?? 3
  }

  public var decodings: [ForecastDecoding] { [.recurrent, .direct, .autoregressive] }

  public func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    guard signature.height % (1 << stages) == 0, signature.width % (1 << stages) == 0 else {
      throw ShapeError(
        .wrongLength, in: "Conv2D + LSTM forecaster",
        expected: "frames whose height and width are multiples of \(1 << stages)",
        received: "\(signature.height) × \(signature.width)",
        remedy: "Choose another --tile-size, or fewer stages (\(name):stages=2).")
    }
    let filters = (0..<stages).map { min(8 << $0, 32) }
    let vectors = try vectors(of: frames, filters: filters)
    let encoded = try LSTM(units: width, returnState: true)([vectors], name: "encoder_lstm")
    let decoded: SymbolicTensor
    switch signature.decoding ?? .recurrent {
    case .recurrent, .autoregressive:
      let start =
        try guidance.map { try self.vectors(of: $0, filters: filters, prefix: signature.guidanceName) }
        ?? RepeatLast(signature.forecastFrames)(vectors, name: "last_vector")
      decoded = try LSTM(units: width, returnSequences: true)(
        [start, encoded[1], encoded[2]], name: "decoder_lstm")[0]
    case .direct:
      let leads = try Dense(units: signature.forecastFrames * width, activation: .tanh)(
        encoded[0], name: "leads")
      decoded = try Reshape(targetShape: [signature.forecastFrames, width])(leads, name: "lead_vectors")
    }

    let (rows, columns) = (signature.height >> stages, signature.width >> stages)
    let depth = filters[stages - 1]
    let dense = Dense(units: rows * columns * depth, activation: .relu)
    var maps = try TimeDistributed(dense)(decoded, name: "decoder_dense")
    maps = try TimeDistributed(Reshape(targetShape: [rows, columns, depth]))(maps, name: "decoder_maps")
    for (stage, count) in (filters.dropLast().reversed() + [4]).enumerated() {
      maps = try maps.enlarged(filters: count, activation: .relu, name: "decoder_conv_\(stage + 1)")
    }
    return try maps.enlarged(by: 1, filters: 1, name: signature.headName)
  }

  public func summary(_ signature: ForecastSignature, width: Int) -> String {
    signature.decoding != .direct
      ? "\(stages) strided convolutions a frame, flatten, LSTM encoder and decoder of \(width) units, dense, "
        + "interpolation and convolutions"
      : "\(stages) strided convolutions a frame, flatten, LSTM of \(width) units, all frames at once by dense, "
        + "interpolation and convolutions"
  }

  public func probes(_ signature: ForecastSignature) -> [LayerProbe] {
    [
      LayerProbe(
        layer: "encoder_conv_\(stages)", text: "last convolution, before flattening", takesLastFrame: true),
      LayerProbe(
        layer: "encoder_lstm", output: 1, text: "LSTM state, after flattening", takesLastFrame: false),
    ]
  }

  /// One vector a frame.
  private func vectors(
    of frames: SymbolicTensor, filters: [Int], prefix: String = ""
  ) throws -> SymbolicTensor {
    var maps = frames
    for (stage, count) in filters.enumerated() {
      let convolution = Conv2D(
        filters: count, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: prefix + "encoder_conv_\(stage + 1)")
    }
    return try TimeDistributed(Flatten())(maps, name: prefix + "flatten")
  }
}
