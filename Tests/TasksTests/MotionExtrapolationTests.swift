import Contenders
import Foundation
import Layers
import Motion
import Nowcasting
import Readers
import Sampling
import Tasks
import TensorCore
import Testing
import Training

/// Models that read motion-extrapolated frames, and the baselines.
@Suite(.serialized) struct MotionExtrapolationTests {
  private static func forecaster(
    _ contender: String, _ initialization: GraphBuilder.Initialization = .seed(4),
    decoding: ForecastDecoding = .recurrent, downsampling: Int = 1
  ) throws -> TrainedForecaster {
    var signature = ForecastSignature(
      inputFrames: 3, forecastFrames: 4, height: 16, width: 16)
    signature.background = .advected
    signature.isResidual = true
    signature.decoding = decoding
    return try TrainedForecaster(
      model: signature.model(small(contender), width: 3, initialization: initialization),
      notes: FieldForecastTests.notes(downsampling))
  }

  /// The forecaster with something added to every weight, so that it adds something to its background.
  private static func shaken(_ forecaster: TrainedForecaster) throws -> TrainedForecaster {
    var (model, random) = (forecaster.model, RandomStream(seed: 6))
    model.visitParameters { _, parameter in
      let noise = random.normal(shape: parameter.value.shape)
      parameter.value = Elementwise.map(parameter.value, noise) { $0 + 0.05 * $1 }
    }
    return try TrainedForecaster(model: model, notes: forecaster.notes)
  }

  private static func lagrangian(_ frames: [Frame]) throws -> [Float] {
    let images = try frames.map {
      try ImageField(
        height: $0.shape.height, width: $0.shape.width, values: $0.values, isValid: $0.isValid)
    }
    return try LagrangianPersistence().forecast(images, steps: 4).flatMap(\.values)
  }

  private static func frames(_ height: Int, _ width: Int) throws -> [Frame] {
    let source = try FieldForecastTests.rain(height, width)
    return try (0..<3).map { try source.frame(at: $0) }
  }

  /// A network that adds nothing leaves Lagrangian persistence of the whole domain, in tiles and at once.
  @Test(arguments: Contenders.standard, ForecastDecoding.allCases)
  func withoutWeightsItIsLagrangianPersistence(_ contender: String, _ decoding: ForecastDecoding) throws {
    let frames = try Self.frames(35, 43)
    let expected = try Self.lagrangian(frames)
    #expect(expected.contains { $0 > 1 })
    let forecaster = try Self.forecaster(contender, .zeros, decoding: decoding)
    for coverage in [FieldForecaster.Coverage.automatic, .tiles] {
      let fields = try FieldForecaster(forecaster, shape: frames[0].shape, coverage: coverage)
      #expect(fields.guidance.background == .lagrangian)
      let got = try fields.forecast(frames)
      #expect(got.count == expected.count)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-4 * max(1, $1) }, "\(coverage)")
      // Frames that were made before are the same.
      var guidance = try fields.guidance.fields(after: frames)
      #expect(try fields.forecast(frames, guidance: guidance) == got)
      guidance.background?.removeLast()
      #expect(throws: ForecastingError.self) { try fields.forecast(frames, guidance: guidance) }
    }
  }

  /// Where one tile alone lies the forecast is the model's on that tile, with motion found over the whole domain.
  @Test(arguments: Contenders.standard) func aTileIsTheModelItself(_ contender: String) throws {
    let frames = try Self.frames(16, 24)
    let forecaster = try Self.shaken(Self.forecaster(contender))
    let normalizer = forecaster.notes.normalizer
    let ahead = try Self.lagrangian(frames)
    let tile = Tile(row: 0, column: 0, height: 16, width: 16)
    let input = Tensor(
      try frames.flatMap { frame in
        let part = try frame.cropped(to: tile)
        return zip(part.values, part.isValid).map { $1 ? normalizer.normalize($0) : normalizer.fillValue }
      }, shape: [1, 3, 16, 16, 1])
    let guidance = Tensor(
      (0..<4 * 16).flatMap { line in (0..<16).map { normalizer.normalize(ahead[line * 24 + $0]) } },
      shape: [1, 4, 16, 16, 1])
    let expected = try AutoregressiveDecoding.forecast(forecaster.model, [input, guidance]).values
      .map(normalizer.denormalize)
    let got = try FieldForecaster(
      forecaster, shape: frames[0].shape, coverage: .tiles
    ).forecast(frames)
    for line in 0..<4 * 16 {
      for column in 0..<8 {
        let (a, b) = (got[line * 24 + column], expected[line * 16 + column])
        #expect(abs(a - b) < 1e-4 * max(1, b))
      }
    }
    // The network does add something.
    #expect(zip(got, ahead).contains { abs($0 - $1) > 1e-3 })
  }

  /// What batches of tiles get is cut out of the same fields.
  @Test func batchesReadTheSameFields() throws {
    let source = try FieldForecastTests.rain(24, 30)
    let frames = WindowFields(source: source, leads: 4)
    let windows = try WindowIndex(of: source, inputFrames: 3, forecastFrames: 4)
    let samples = [(0, 0, 0), (1, 8, 14), (1, 3, 5)].map {
      Sample(window: windows[$0.0], tile: Tile(row: $0.1, column: $0.2, height: 16, width: 12))
    }
    let batch = try frames.nowcast(.lagrangian, for: samples)
    #expect(batch.shape == [3, 4, 16, 12, 1])
    for (number, sample) in samples.enumerated() {
      let whole = try Self.lagrangian(sample.window.input.map { try source.frame(at: $0) })
      for lead in 0..<4 {
        for row in 0..<16 {
          let start = (lead * 24 + sample.tile.row + row) * 30 + sample.tile.column
          let place = ((number * 4 + lead) * 16 + row) * 12
          #expect(Array(batch.values[place..<place + 12]) == Array(whole[start..<start + 12]))
        }
      }
    }
  }

  @Test func auxiliaryChannelsDoNotMatter() throws {
    let frames = try Self.frames(24, 30)
    let shape = FrameShape(height: 24, width: 30, channels: 2)
    let stacked = try frames.map { frame in
      try Frame(
        shape: shape, values: frame.values.flatMap { [$0, 7] }, isValid: frame.isValid.flatMap { [$0, true] })
    }
    let extrapolation = MotionExtrapolation(leads: 2)
    #expect(try extrapolation.fields(after: stacked) == extrapolation.fields(after: frames))
  }

  @Test func aModelOnAveragedPixels() throws {
    let source = try FieldForecastTests.rain(66, 81)
    let forecaster = try Self.forecaster(Conv2DLSTMForecaster.name, .zeros, downsampling: 2)
    let forecast = try Forecast(by: forecaster, from: source, onModelGrid: true)
    let baseline = try BaselineForecast.lagrangian.forecast(
      from: source, as: forecaster.notes, onModelGrid: true)
    #expect(baseline.height == 33 && baseline.width == 40 && baseline.leads == forecast.leads)
    #expect(zip(forecast.values, baseline.values).allSatisfy { abs($0 - $1) < 1e-4 * max(1, $1) })
    let fine = try BaselineForecast.lagrangian.forecast(from: source, as: forecaster.notes)
    #expect(fine.height == 66 && fine.width == 81 && fine.reference == source.timestamps?.last)
  }

  @Test func baselines() throws {
    let source = try FieldForecastTests.rain(24, 30)
    let still = try BaselineForecast.eulerian.forecast(
      from: source, inputFrames: 1, leads: 3, at: .frame(5))
    let last = try source.frame(at: 5)
    for lead in 0..<3 { #expect(Array(still.field(lead: lead)) == last.values) }
    #expect(still.isValid == last.isValid && still.leads == [5, 10, 15] && still.members == 1)
    let moving = try BaselineForecast.lagrangian.forecast(from: source, leads: 4, at: .frame(5))
    #expect(moving.values == (try Self.lagrangian((3...5).map { try source.frame(at: $0) })))
    #expect(throws: ForecastingError.self) {
      try BaselineForecast.lagrangian.forecast(from: source, inputFrames: 1, leads: 4)
    }
    #expect(throws: ForecastingError.self) { try BaselineForecast.eulerian.forecast(from: source, leads: 0) }
  }

  @Test func spectralPrognosisIsABaselineOfRain() throws {
    let source = try FieldForecastTests.rain(24, 30)
    let images = try (3...5).map { index in
      let frame = try source.frame(at: index)
      return try ImageField(height: 24, width: 30, values: frame.values, isValid: frame.isValid)
    }
    let forecast = try BaselineForecast.sprog.forecast(from: source, leads: 4, at: .frame(5))
    #expect(forecast.values == (try SPROG().forecast(images, steps: 4).flatMap(\.values)))
    #expect(
      forecast.values
        != (try BaselineForecast.lagrangian.forecast(from: source, leads: 4, at: .frame(5))).values)
    let two = try BaselineForecast.sprog.forecast(from: source, inputFrames: 2, leads: 4, at: .frame(5))
    #expect(two.values == (try SPROG().forecast(Array(images.suffix(2)), steps: 4).flatMap(\.values)))

    let everyone = BaselineForecast.allCases
    #expect(BaselineForecast.fitting(.millimetresPerHour, inputFrames: 3) == everyone && everyone.count == 3)
    #expect(BaselineForecast.fitting(.millimetresPerHour, inputFrames: 2) == everyone)
    #expect(BaselineForecast.fitting(.millimetresPerHour, inputFrames: 1) == [.eulerian])
    #expect(BaselineForecast.fitting(.brightness, inputFrames: 6) == [.eulerian])
  }

  /// Fields are made once a window and cut for its tiles.
  @Test func tilesOfANowcastAreCutFromTheWholeField() throws {
    let source = try FieldForecastTests.rain(24, 30)
    let frames = WindowFields(source: source, leads: 3)
    let window = Window(input: 1..<5, target: 5..<8)
    let whole = try BaselineForecast.sprog.values(
      after: window.input.map { try source.frame(at: $0) }, leads: 3)
    #expect(try frames.nowcast(.sprog, of: window).flatMap { $0 } == whole)
    let tile = Tile(row: 5, column: 9, height: 8, width: 12)
    let cut = try frames.nowcast(.sprog, for: [Sample(window: window, tile: tile)])
    #expect(cut.shape == [1, 3, 8, 12, 1])
    for (place, value) in cut.values.enumerated() {
      let (lead, row, column) = (place / 96, place / 12 % 8 + 5, place % 12 + 9)
      #expect(value == whole[(lead * 24 + row) * 30 + column])
    }
  }

  @Test func wrongInputsAreNamed() throws {
    func message(_ inputs: [(String, Int)], notes: ForecastNotes) throws -> String? {
      let builder = GraphBuilder(name: "odd", seed: 1)
      let symbols = try inputs.map { try builder.input([nil, $0.1, 16, 16, 1], name: $0.0) }
      var output = symbols[0]
      for (number, other) in symbols.enumerated().dropFirst() {
        output = try Concatenate(axis: 1)([output, other], name: "joined_\(number)")[0]
      }
      do {
        _ = try TrainedForecaster(model: builder.model(outputs: [output]), notes: notes)
        return nil
      } catch { return "\(error)" }
    }
    var notes = try FieldForecastTests.notes()
    (notes.inputFrames, notes.forecastFrames) = (3, 7)
    func expect(_ inputs: [(String, Int)], _ words: String...) throws {
      let text = try #require(try message(inputs, notes: notes))
      for word in words { #expect(text.contains(word), "\(text)") }
    }
    try expect([("frames", 3), ("wind", 4)], "wind [?, 4, 16, 16, 1]", "nothing is known")
    try expect([("frames", 3), ("advected", 4)], "advected [?, 4, 16, 16, 1] instead of [batch, 7,")
    try expect([("frames", 2), ("x", 5)], "frames [?, 2, 16, 16, 1] instead of [batch, 3,", "the input x")
    try expect([("frames", 3)], "the output [?, 3, 16, 16, 1] instead of [batch, 7,")
    (notes.inputFrames, notes.forecastFrames) = (1, 7)
    try expect([("frames", 1), ("advected", 7)], "two observed frames")
    #expect(throws: Never.self) { try Self.forecaster(ConvLSTM2DForecaster.name) }
  }

  @Test(.enabled(if: Commands.squall != nil, "the command was not found beside the tests"))
  func commands() throws {
    try Commands.withFolder { folder in
      let rain = "generated:advected-cells:frames=60,height=32,width=40"
      let compared = try Commands.run(
        "squall compare \(rain) --task forecast --quick --background extrapolation --input-frames 3 --forecast-frames 2 "
          + "--tile-size 16 --parameters 40000 --epochs 1 --batches-per-epoch 2 --batch-size 4 --no-measure "
          + "--threads 1 --output report", in: folder)
      #expect(compared.status == 0, "\(compared.errors)")
      let forecast = try Commands.run(
        "for model in report/models/*/model.squall; do squall forecast $model \(rain) --output out.npy || exit 1; done",
        in: folder)
      #expect(forecast.status == 0, "\(forecast.errors)")
      #expect(forecast.output.split(separator: "\n").count == 2, "\(forecast.output)")
    }
  }
}
