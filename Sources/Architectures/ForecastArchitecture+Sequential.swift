import Layers
import TensorCore

extension ForecastArchitecture {
  /// Space first, then time: strided convolutions shrink each frame to a vector, an LSTM reads the vectors, a
  /// second LSTM starts from its state and writes one vector a forecast step, and a dense layer with transposed
  /// convolutions makes a frame of each. The decoder's input is the last observed frame's vector at every step.
  ///
  /// `width` is the number of units of both LSTMs.
  func sequentialForecast(_ builder: GraphBuilder, width: Int) throws -> SymbolicTensor {
    guard height % (1 << stages) == 0, self.width % (1 << stages) == 0 else {
      throw ShapeError(
        .wrongLength, in: "sequential forecaster",
        expected: "frames whose height and width are multiples of \(1 << stages)",
        received: "\(height) × \(self.width)", remedy: "Choose another tile size or fewer stages.")
    }
    let filters = (0..<stages).map { min(8 << $0, 32) }
    let frames = try builder.input([nil, inputFrames, height, self.width, channels], name: "frames")
    var maps = frames
    for (stage, count) in filters.enumerated() {
      let convolution = Conv2D(
        filters: count, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: "encoder_conv_\(stage + 1)")
    }
    let vectors = try TimeDistributed(Flatten())(maps, name: "flatten")
    let encoded = try LSTM(units: width, returnState: true)([vectors], name: "encoder_lstm")
    let start = try RepeatLast(forecastFrames)(vectors, name: "last_vector")
    let decoded = try LSTM(units: width, returnSequences: true)(
      [start, encoded[1], encoded[2]], name: "decoder_lstm")[0]

    let (rows, columns, depth) = (height >> stages, self.width >> stages, filters[stages - 1])
    let dense = Dense(units: rows * columns * depth, activation: .relu)
    maps = try TimeDistributed(dense)(decoded, name: "decoder_dense")
    maps = try TimeDistributed(Reshape(targetShape: [rows, columns, depth]))(maps, name: "decoder_maps")
    for (stage, count) in filters.dropLast().reversed().enumerated() {
      let convolution = Conv2DTranspose(
        filters: count, kernelSize: 4, strides: 2, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: "decoder_conv_\(stage + 1)")
    }
    let head = Conv2DTranspose(filters: 1, kernelSize: 4, strides: 2, padding: .same)
    return try TimeDistributed(head)(maps, name: "forecast")
  }
}
