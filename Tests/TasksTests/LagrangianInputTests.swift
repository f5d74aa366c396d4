import Contenders
import Foundation
import Motion
import Nowcasting
import Readers
import Sampling
import Synthesis
import Tasks
import TensorCore
import Testing
import Training

/// Observed frames in Lagrangian coordinates, and what tasks and fields make of them.
@Suite(.serialized) struct LagrangianInputTests {
  /// Rain that only drifts, by whole pixels.
  private static func drifting(_ frames: Int = 30) throws -> AdvectedCells {
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width, options.largestScale) = (frames, 40, 56, 24)
    options.wind = AdvectedCells.Wind(rows: 0.2, columns: 0.4)
    options.lifetime = 100_000
    return try AdvectedCells(options, seed: 3)
  }

  private static func settings(_ background: ForecastBackground = .sprog) -> ForecastSettings {
    var settings = ForecastSettings.small
    (settings.background, settings.coordinates, settings.isResidual) = (background, .lagrangian, true)
    return settings
  }

  /// Rain that only drifts stands still once it is carried along.
  @Test func driftingRainStandsStill() throws {
    let source = try Self.drifting()
    let frames = try (4..<8).map { try source.frame(at: $0) }
    let aligned = try AlignedFrames.fields(of: frames)
    #expect(aligned[3] == frames[3].values)
    for time in 0..<3 {
      let (moved, raw) = (aligned[time], frames[time].values)
      func error(_ field: [Float]) -> Double {
        let places = aligned[0].indices.filter { !aligned[0][$0].isNaN && !moved[$0].isNaN }
        #expect(places.count > 1000)
        return places.reduce(0) { $0 + Double(abs(log1p(field[$1]) - log1p(frames[3].values[$1]))) }
      }
      #expect(error(moved) < 0.6 * error(raw), "frame \(time)")
    }
    // What came from beyond the edge is missing, and more of it the longer the way.
    let missing = aligned.map { field in field.filter(\.isNaN).count }
    #expect(
      missing[3] == 0 && missing[0] >= missing[1] && missing[1] >= missing[2] && missing[2] > 0, "\(missing)")
  }

  /// One pass for all frames is what extrapolation gives frame by frame.
  @Test func alignedFieldsAreExtrapolatedOnes() throws {
    let source = try Self.drifting()
    let images = try (4..<8).map { try ImageField(source.frame(at: $0)) }
    let motion = try LagrangianPersistence().motion(of: images)
    let aligned = try SemiLagrangian().aligned(images, along: motion)
    for (index, image) in images.dropLast().enumerated() {
      #expect(try SemiLagrangian().extrapolate(image, along: motion, steps: 3 - index).last == aligned[index])
    }
    #expect(aligned[3] == images[3])
    #expect(throws: MotionError.self) {
      try SemiLagrangian().aligned([ImageField(height: 2, width: 2, values: [1, 2, 3, 4])], along: motion)
    }
  }

  /// Batches of tiles and whole fields read the same, with a mask channel or without.
  @Test(arguments: [false, true], [ForecastBackground.advected, .sprog])
  func batchesAndFieldsAgree(_ masksInput: Bool, _ background: ForecastBackground) throws {
    let source = try Self.drifting()
    var settings = Self.settings(background)
    settings.masksInput = masksInput
    let task = try ForecastTask(source, settings: settings)
    let sample = try Sample(
      window: task.test().samples[0].window, tile: Tile(row: 8, column: 16, height: 16, width: 16))
    let inputs = try task.inputs(task.sequences.builder.batch([sample]))
    let frames = try sample.window.input.map { try source.frame(at: $0) }
    let fields = try ForecastGuidance(
      background: background.nowcast, coordinates: .lagrangian, leads: 2
    ).fields(after: frames)
    let normalizer = task.sequences.normalizer
    let channels = masksInput ? 2 : 1
    #expect(inputs[0].shape == [1, 3, 16, 16, channels] && inputs[1].shape == [1, 2, 16, 16, 1])
    for row in 0..<16 {
      for column in 0..<16 {
        let (pixel, place) = ((row + 8) * 56 + column + 16, row * 16 + column)
        for time in 0..<3 {
          let value = try #require(fields.aligned)[time][pixel]
          let got = inputs[0].values[(time * 256 + place) * channels]
          #expect(got == (value.isNaN ? normalizer.fillValue : normalizer.normalize(value)))
          if masksInput { #expect(inputs[0].values[(time * 256 + place) * 2 + 1] == (value.isNaN ? 0 : 1)) }
        }
        for lead in 0..<2 {
          let value = try #require(fields.background)[lead][pixel]
          #expect(inputs[1].values[lead * 256 + place] == normalizer.normalize(value))
        }
      }
    }
  }

  /// A trained model gives a whole field what it gives a tile of the field's size: mask, missing pixels and amounts alike.
  @Test(arguments: Contenders.standard, [false, true])
  func aFieldIsForecastAsATile(_ contender: String, _ masksInput: Bool) throws {
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width, options.largestScale) = (30, 16, 16, 12)
    (options.domain, options.wetFraction) = (.disc, 0.5)
    let source = try AdvectedCells(options, seed: 3)
    var settings = Self.settings()
    (settings.masksInput, settings.calibration, settings.validation) = (masksInput, .matching, .time)
    let prepared = try PreparedTraining(settings, PreparedEvents(source), contender: contender)
    var (model, random) = (prepared.model, RandomStream(seed: 6))
    model.visitParameters { _, parameter in
      let noise = random.normal(shape: parameter.value.shape)
      parameter.value = Elementwise.map(parameter.value, noise) { $0 + 0.1 * $1 }
    }
    let forecaster = try TrainedForecaster(model: model, notes: ForecastNotes(prepared.notes))
    let task = try ForecastTask(source, settings: settings)
    let test = try task.test()
    let whole = try FieldForecaster(forecaster, shape: source.shape, coverage: .tiles)
    for index in 0..<test.batchesPerEpoch {
      let observed = try test.physicalBatch(index: index)
      let tiles = try ModelForecaster(model: model, task: task).forecast(
        observed, normalized: test.batch(index: index))
      for (place, sample) in observed.samples.enumerated() {
        let field = try whole.forecast(sample.window.input.map { try source.frame(at: $0) })
        let tile = Array(tiles.values[place * field.count..<(place + 1) * field.count])
        #expect(zip(field, tile).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($1)) })
        #expect(field.contains { $0 > 0.5 })
      }
    }
  }

  /// What cannot be moved as rain is refused, and so is a calibration without its nowcast.
  @Test func nowcastsOfOtherDataAreRefused() throws {
    let rain = try Self.drifting()
    func task(_ change: (inout ForecastSettings) -> Void) throws {
      var settings = ForecastSettings.small
      change(&settings)
      _ = try ForecastTask(rain, settings: settings)
    }
    try task { $0.background = .sprog }
    for change: (inout ForecastSettings) -> Void in [
      { ($0.background, $0.inputFrames) = (.sprog, 1) },
      { ($0.coordinates, $0.inputFrames) = (.lagrangian, 1) },
      { $0.calibration = .matching },
    ] {
      #expect(throws: ForecastingError.self) { try task(change) }
    }
    let brightness = try FrameArray((0..<30).map { try rain.frame(at: $0) }, unit: .brightness)
    #expect(throws: ForecastingError.self) { try ForecastTask(brightness, settings: Self.settings()) }
  }

  /// From training through scores on tiles and fields to a forecast, an untrained model is its background.
  @Test(arguments: Contenders.standard, [ForecastBackground.advected, .sprog])
  func anUntrainedModelIsItsBackground(_ contender: String, _ background: ForecastBackground) throws {
    let source = try Self.drifting()
    var settings = Self.settings(background)
    settings.calibration = .matching
    let prepared = try PreparedTraining(settings, PreparedEvents(source), contender: contender)
    #expect(prepared.plan.startIsCandidate)
    let forecaster = try TrainedForecaster(model: prepared.model, notes: ForecastNotes(prepared.notes))
    for grid in EvaluatedGrid.allCases {
      let scores = try ForecastEvaluation(of: forecaster, on: [source], thresholds: [0.5, 2], grid: grid)
      let name = try #require(background.nowcast).displayName
      let baseline = try #require(scores.baselines.first { $0.name == name }).scores
      for (model, other) in zip(scores.model.tables.joined(), baseline.tables.joined()) {
        #expect(abs(Int(model.hits) - Int(other.hits)) <= 1 && model.hits > 0, "\(grid)")
      }
      for (model, other) in zip(scores.model.errors, baseline.errors) {
        #expect(abs(try #require(model.mse) - #require(other.mse)) < 1e-4)
      }
    }
  }

  /// Models that were written before there were such choices are as they were.
  @Test func olderSettingsAreEulerian() throws {
    let encoded = try JSONEncoder().encode(Self.settings())
    var values = try #require(JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    for name in ["coordinates", "calibration", "choosesBackground"] { values[name] = nil }
    values["background"] = "advected"
    let settings = try JSONDecoder().decode(
      ForecastSettings.self, from: JSONSerialization.data(withJSONObject: values))
    var expected = Self.settings(.advected)
    expected.coordinates = .eulerian
    #expect(settings == expected)
  }

  /// The better nowcast: S-PROG where showers come and go, extrapolation where rain only drifts.
  @Test func theBetterBackgroundIsChosen() throws {
    func chosen(_ source: any FrameSource) throws -> ForecastBackground {
      var settings = Self.settings(.lastFrame)
      settings.choosesBackground = true
      let task = try ForecastTask(source, settings: settings)
      #expect(!task.settings.choosesBackground)
      return task.settings.background
    }
    var options = AdvectedCells.Options()
    (options.frames, options.height, options.width, options.largestScale) = (30, 40, 56, 24)
    options.lifetime = 10
    #expect(try chosen(AdvectedCells(options, seed: 3)) == .sprog)
    #expect(try chosen(Self.drifting()) == .advected)
  }

  @Test func wishesComeBeforeWhatTheDataSuggest() throws {
    let rain = try Self.drifting()
    var settings = ForecastSettings()
    _ = settings.adapt(to: rain)
    #expect(
      settings.choosesBackground && settings.coordinates == .lagrangian && settings.calibration == .matching)
    #expect(settings.augments && BackgroundChoice(settings) == .automatic)
    for choice in BackgroundChoice.allCases {
      settings = ForecastSettings()
      _ = settings.adapt(to: rain, ForecastWishes(background: choice, augments: false))
      #expect(BackgroundChoice(settings) == choice && !settings.augments)
      #expect(settings.coordinates == (choice == .lastFrame ? .eulerian : .lagrangian))
    }
    settings = ForecastSettings()
    settings.inputFrames = 1
    _ = settings.adapt(to: rain)
    #expect(BackgroundChoice(settings) == .lastFrame && settings.calibration == .none)
  }
}
