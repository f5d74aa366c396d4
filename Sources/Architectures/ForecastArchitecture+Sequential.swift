import Layers
import TensorCore

extension ForecastArchitecture {
  /// Space first, then time: strided convolutions shrink each frame to a vector, an LSTM reads the vectors, a
  /// second LSTM starts from its state and writes one vector a forecast step, and a dense layer with transposed
  /// convolutions makes a frame of each. The decoder's input is the vector of the last observed frame at every
  /// step, or of what it is told (frames along the motion, the frame before, or both, through convolutions of their own).
  ///
  /// `width` is the number of units of both LSTMs.
  func sequentialForecast(
    _ frames: SymbolicTensor, _ told: SymbolicTensor?, width: Int
  ) throws -> SymbolicTensor {
    guard height % (1 << stages) == 0, self.width % (1 << stages) == 0 else {
      throw ShapeError(
        .wrongLength, in: "sequential forecaster",
        expected: "frames whose height and width are multiples of \(1 << stages)",
        received: "\(height) × \(self.width)", remedy: "Choose another tile size or fewer stages.")
    }
    let filters = (0..<stages).map { min(8 << $0, 32) }
    let vectors = try vectors(of: frames, filters: filters)
    let encoded = try LSTM(units: width, returnState: true)([vectors], name: "encoder_lstm")
    let decoded: SymbolicTensor
    switch decoding {
    case .recurrent, .autoregressive:
      let start =
        try told.map { try self.vectors(of: $0, filters: filters, prefix: toldName) }
        ?? RepeatLast(forecastFrames)(vectors, name: "last_vector")
      decoded = try LSTM(units: width, returnSequences: true)(
        [start, encoded[1], encoded[2]], name: "decoder_lstm")[0]
    case .direct:
      let leads = try Dense(units: forecastFrames * width, activation: .tanh)(encoded[0], name: "leads")
      decoded = try Reshape(targetShape: [forecastFrames, width])(leads, name: "lead_vectors")
    }

    let (rows, columns, depth) = (height >> stages, self.width >> stages, filters[stages - 1])
    let dense = Dense(units: rows * columns * depth, activation: .relu)
    var maps = try TimeDistributed(dense)(decoded, name: "decoder_dense")
    maps = try TimeDistributed(Reshape(targetShape: [rows, columns, depth]))(maps, name: "decoder_maps")
    for (stage, count) in filters.dropLast().reversed().enumerated() {
      let convolution = Conv2DTranspose(
        filters: count, kernelSize: 4, strides: 2, padding: .same, activation: .relu)
      maps = try TimeDistributed(convolution)(maps, name: "decoder_conv_\(stage + 1)")
    }
    let head = Conv2DTranspose(filters: 1, kernelSize: 4, strides: 2, padding: .same)
    return try TimeDistributed(head)(maps, name: isResidual ? "change" : "forecast")
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
