import Layers
import TensorCore

extension ForecastArchitecture {
  /// The encoder–forecaster of Shi et al. (2015): two ConvLSTM layers read the observed frames, two more start
  /// from their states and write the forecast; a convolution sees the states of both. Frames enter as patches.
  /// The forecaster's input is what it is told (frames along the motion, the frame before, or both) at every step,
  /// or else the last observed frame.
  ///
  /// A patch's pixels come out of one vector. So that patches do not show in the forecast, the head sees the
  /// neighbouring patches too, and a last convolution runs over the pixels.
  ///
  /// `width` is the number of filters of each ConvLSTM. Any height and width that the patches divide will do.
  func integratedForecast(
    _ frames: SymbolicTensor, _ told: SymbolicTensor?, width: Int
  ) throws -> SymbolicTensor {
    func convLSTM(returnState: Bool) -> ConvLSTM2D {
      ConvLSTM2D(
        filters: width, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, returnSequences: true,
        returnState: returnState)
    }
    let patches = try SpaceToDepth(size: patchSize)(frames, name: "patches")
    let lower = try convLSTM(returnState: true)([patches], name: "encoder_1")
    let upper = try convLSTM(returnState: true)([lower[0]], name: "encoder_2")
    let start =
      try told.map { try SpaceToDepth(size: patchSize)($0, name: toldName + "patches") }
      ?? RepeatLast(forecastFrames)(patches, name: "last_frame")

    let states: SymbolicTensor
    switch decoding {
    case .recurrent, .autoregressive:
      let first = try convLSTM(returnState: false)([start, lower[1], lower[2]], name: "forecaster_1")[0]
      let second = try convLSTM(returnState: false)([first, upper[1], upper[2]], name: "forecaster_2")[0]
      states = try Concatenate()([first, second, start], name: "states")[0]
    case .direct:
      let last = try Concatenate()([lower[1], upper[1]], name: "last_states")[0]
      states = try Concatenate()([try eachLead(of: last, width: width), start], name: "states")[0]
    }
    let features = Conv2D(
      filters: patchSize * patchSize * Self.pixelFeatures, kernelSize: 3, padding: .same, activation: .relu)
    let blocks = try TimeDistributed(features)(states, name: "head")
    let pixels = try DepthToSpace(size: patchSize)(blocks, name: "pixels")
    let smooth = Conv2D(filters: 1, kernelSize: 3, padding: .same)
    return try TimeDistributed(smooth)(pixels, name: isResidual ? "change" : "forecast")
  }

  /// What the names of layers begin with that see what the decoder is told.
  var toldName: String { decoding == .autoregressive ? "previous_" : "advected_" }

  /// Features of a pixel before the last convolution.
  private static let pixelFeatures = 4

  /// Maps for each lead time, `[batch, forecastFrames, …]`, each by a convolution of its own over the last states.
  private func eachLead(of states: SymbolicTensor, width: Int) throws -> SymbolicTensor {
    let (rows, columns) = (height / patchSize, self.width / patchSize)
    let maps = try (1...forecastFrames).map { lead in
      let map = try Conv2D(filters: width, kernelSize: 3, padding: .same, activation: .tanh)(
        states, name: "lead_\(lead)")
      return try Reshape(targetShape: [1, rows, columns, width])(map, name: "lead_\(lead)_frame")
    }
    return maps.count == 1 ? maps[0] : try Concatenate(axis: 1)(maps, name: "leads")[0]
  }
}
