import Contenders
import Layers
import TensorCore
import Testing

/// A forecaster that tests register: the last frame through a convolution.
private struct LastFrame: ForecastContender {
  static let name = "test-last-frame"
  static let displayName = "Last frame"
  var kernel = 3

  init(options: inout ContenderOptions) throws {
    kernel = try options.integer("kernel", in: 1...9) ?? 3
  }

  func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    let last = try RepeatLast(signature.forecastFrames)(frames, name: "last")
    let convolution = Conv2D(filters: width, kernelSize: Extent([kernel, kernel]), padding: .same)
    let maps = try TimeDistributed(convolution)(last, name: "maps")
    return try TimeDistributed(Conv2D(filters: 1, kernelSize: 1))(maps, name: signature.headName)
  }

  func summary(_ signature: ForecastSignature, width: Int) -> String { "\(width) filters" }
}

/// Another one under the same name.
private struct OtherLastFrame: ForecastContender {
  static let name = LastFrame.name
  static let displayName = "Other"
  init(options: inout ContenderOptions) throws {}
  func forecast(
    _ frames: SymbolicTensor, guidance: SymbolicTensor?, signature: ForecastSignature, width: Int
  ) throws -> SymbolicTensor {
    try RepeatLast(signature.forecastFrames)(frames, name: signature.headName)
  }
  func summary(_ signature: ForecastSignature, width: Int) -> String { "nothing" }
}

private struct ClipMean: ClassificationContender {
  static let name = "test-clip-mean"
  static let displayName = "Mean of the clip"
  init(options: inout ContenderOptions) throws {}
  func features(
    _ clip: SymbolicTensor, signature: ClassificationSignature, width: Int
  ) throws -> SymbolicTensor {
    try Dense(units: width)(GlobalAveragePooling3D()(clip, name: "mean"), name: "dense")
  }
  func summary(_ signature: ClassificationSignature, width: Int) -> String { "\(width) units" }
}

@Suite(.serialized) struct RegistryTests {
  private func error(_ body: () throws -> Void) -> ContenderError? {
    #expect(throws: ContenderError.self) { try body() }
  }

  @Test func ownContendersAreBuiltByName() throws {
    Contenders.register(LastFrame.self)
    #expect(Contenders.forecasterNames.contains(LastFrame.name))
    let contender = try Contenders.forecaster("test-last-frame:kernel=5")
    #expect((contender as? LastFrame)?.kernel == 5)
    #expect(contender.decodings == [.direct] && contender.probes(signature).isEmpty)
    let model = try signature.model(contender, width: 2, initialization: .seed(1))
    #expect(try model(.ones([1, 3, 8, 8, 1])).shape == [1, 2, 8, 8, 1])
    #expect(model.name == "test_last_frame_forecaster")

    Contenders.register(OtherLastFrame.self)
    #expect(Contenders.forecasterNames.count { $0 == LastFrame.name } == 1)
    #expect(try Contenders.forecaster(LastFrame.name) is OtherLastFrame)
    Contenders.register(ClipMean.self)
    #expect(try Contenders.classifier(ClipMean.name) is ClipMean)
  }

  @Test func everyNameIsItsContenders() throws {
    for name in forecasterNames {
      let contender = try Contenders.forecaster(name)
      #expect(contender.name == name && !contender.displayName.isEmpty && !contender.decodings.isEmpty)
      #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
    }
    for name in classifierNames { #expect(try Contenders.classifier(name).name == name) }
    #expect(Set(Contenders.standard).isSubset(of: forecasterNames))
    #expect(Set(Contenders.standard).isSubset(of: classifierNames))
  }

  @Test func unknownNamesListTheKnownOnes() {
    let forecaster = error { _ = try Contenders.forecaster("convlstm") }
    #expect(forecaster?.found == "“convlstm”")
    for name in forecasterNames { #expect(forecaster?.expected.contains(name) == true, "\(name)") }
    let classifier = error { _ = try Contenders.classifier("unet:stages=2") }
    #expect(classifier?.found == "“unet”")
    for name in classifierNames { #expect(classifier?.expected.contains(name) == true, "\(name)") }
  }

  @Test func optionsAreTaken() throws {
    let unet = try #require(try Contenders.forecaster("unet:stages=2") as? UNetForecaster)
    #expect(unet.stages == 2)
    let simvp = try #require(try Contenders.forecaster("simvp:blocks=8:stages=3") as? SimVPForecaster)
    #expect(simvp.blocks == 8 && simvp.stages == 3)
    let gru = try #require(try Contenders.forecaster("convgru2d:patch=4:kernel=5") as? ConvGRU2DForecaster)
    #expect(gru.patchSize == 4 && gru.kernelSize == 5)
    let predRNN = try #require(
      try Contenders.forecaster("predrnn-v2:layers=2:kernel=3:patch=8") as? PredRNNForecaster)
    #expect(predRNN.layers == 2 && predRNN.kernelSize == 3 && predRNN.patchSize == 8)
    let stacked = try #require(
      try Contenders.forecaster("convlstm-stacked:layers=3") as? StackedConvLSTMForecaster)
    #expect(stacked.layers == 3 && stacked.kernelSize == 5 && stacked.patchSize == nil)
    #expect(try (Contenders.classifier("r2plus1d:blocks=2") as? R2Plus1DClassifier)?.blocks == 2)
    #expect(try UNetForecaster(parsing: "unet:stages=1").stages == 1)
    #expect(try UNetForecaster(parsing: "unet").stages == UNetForecaster().stages)
  }

  @Test func optionsThatDoNotFitAreRefused() {
    let misspelt = error { _ = try Contenders.forecaster("convgru2d:kernal=5") }
    #expect(misspelt?.expected.contains("patch, kernel") == true && misspelt?.found == "“kernal”")
    let range = error { _ = try Contenders.forecaster("unet:stages=9") }
    #expect(range?.expected.contains("from 1 to 6") == true && range?.found == "“9”")
    #expect(error { _ = try Contenders.forecaster("simvp:blocks=four") }?.found == "“four”")
    #expect(error { _ = try Contenders.forecaster("unet:stages") }?.found == "“stages”")
    #expect(error { _ = try Contenders.forecaster("unet:stages=2:stages=3") }?.found == "stages twice")
    let without = error { _ = try Contenders.classifier("c3d:kernel=3") }
    #expect(without?.expected.contains("which has none") == true)
    for text in ["predrnn-v2:layers=0", "convlstm-stacked:kernel=0", "r2plus1d:blocks=0", "unet:"] {
      #expect(error { _ = try Contenders.forecaster(text) } != nil, "\(text)")
    }
  }

  @Test func decodingsThatAContenderDoesNotKnowAreRefused() throws {
    for name in forecasterNames {
      let contender = try Contenders.forecaster(name)
      for decoding in ForecastDecoding.allCases where !contender.decodings.contains(decoding) {
        var signature = ForecastSignature(inputFrames: 3, forecastFrames: 2, height: 16, width: 16)
        signature.decoding = decoding
        let error = error { _ = try signature.model(contender, width: 2, initialization: .none) }
        #expect(error?.found == decoding.rawValue, "\(name)")
        for known in contender.decodings { #expect(error?.expected.contains(known.rawValue) == true) }
      }
    }
  }

  private let signature = ForecastSignature(inputFrames: 3, forecastFrames: 2, height: 8, width: 8)
}
