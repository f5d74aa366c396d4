import Layers
import TensorCore

extension ForecastArchitecture {
  /// The encoder–forecaster of Shi et al. (2015): two ConvLSTM layers read the observed frames, two more start
  /// from their states and write the forecast; a 1 × 1 convolution sees the states of both. Frames enter as
  /// patches. The forecaster's input is the last observed frame at every step.
  ///
  /// `width` is the number of filters of each ConvLSTM. Any height and width that the patches divide will do.
  func integratedForecast(_ builder: GraphBuilder, width: Int) throws -> SymbolicTensor {
    func convLSTM(returnState: Bool) -> ConvLSTM2D {
      ConvLSTM2D(
        filters: width, kernelSize: Extent([kernelSize, kernelSize]), padding: .same, returnSequences: true,
        returnState: returnState)
    }
    let frames = try builder.input([nil, inputFrames, height, self.width, channels], name: "frames")
    let patches = try SpaceToDepth(size: patchSize)(frames, name: "patches")
    let lower = try convLSTM(returnState: true)([patches], name: "encoder_1")
    let upper = try convLSTM(returnState: true)([lower[0]], name: "encoder_2")

    let start = try RepeatLast(forecastFrames)(patches, name: "last_frame")
    let first = try convLSTM(returnState: false)([start, lower[1], lower[2]], name: "forecaster_1")[0]
    let second = try convLSTM(returnState: false)([first, upper[1], upper[2]], name: "forecaster_2")[0]

    let states = try Concatenate()([first, second, start], name: "states")[0]
    let pixels = try TimeDistributed(Conv2D(filters: patchSize * patchSize, kernelSize: 1))(
      states, name: "head")
    return try DepthToSpace(size: patchSize)(pixels, name: "forecast")
  }
}
